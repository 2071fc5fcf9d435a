/** Names for runs that were given none: an adjective and an animal, easy to say and to find again. */

const ADJECTIVES =
  "able agile amber ample ancient aqua azure balmy bold brave bright brisk bronze calm candid careful cheerful clear clever cobalt cool coral cosy crimson curious daring dapper deft eager early easy elegant emerald fair famous fearless festive fine fleet fluffy frank free fresh gentle giant glad gleaming golden graceful grand green happy hardy hearty hidden honest humble indigo ivory jade jolly keen kind lively loyal lucky magenta mellow merry mighty misty modest mossy nimble noble novel opal orange patient peach pearl placid playful plucky polite prime proud quaint quick quiet rapid rare ready rosy royal ruby rustic sage sandy scarlet serene sharp silent silver sincere sleek snowy solid spry stable steady stellar stout sturdy sunny swift teal tidy topaz tranquil trusty upbeat urban valiant vast velvet violet vivid warm wavy wise witty young zesty";

const ANIMALS =
  "albatross alpaca anteater antelope badger barracuda bat bear beaver bee beetle bison boar buffalo butterfly camel caribou cat cheetah chinchilla cobra condor coyote crab crane cricket crow deer dingo dolphin donkey dove dragonfly duck eagle eel egret elephant elk emu falcon ferret finch firefly flamingo fox frog gazelle gecko gibbon giraffe goat goose gopher grouse gull hamster hare hawk hedgehog heron hippo hornet horse hyena ibex ibis iguana impala jackal jaguar jay kestrel kiwi koala lark lemming lemur leopard lion lizard llama lobster lynx macaw magpie mallard manatee mantis marmot marten meerkat mole mongoose moose moth mule narwhal newt nightingale ocelot octopus orca oriole osprey ostrich otter owl ox oyster panda panther parrot pelican penguin pheasant pigeon platypus pony porcupine puffin puma quail rabbit raccoon ram raven reindeer robin salmon seal shark sheep shrew skunk sloth snail sparrow spider squid squirrel starling stork swallow swan swift tapir tiger toad toucan trout turkey turtle viper vulture wallaby walrus weasel whale wolf wombat woodpecker yak zebra";

const adjectives = ADJECTIVES.split(" ");
const animals = ANIMALS.split(" ");

/** `brave-otter`, by a source of numbers in [0, 1). Names are no identity: two runs may share one. */
export function inventName(random: () => number): string {
  return `${pick(adjectives, random)}-${pick(animals, random)}`;
}

function pick(words: readonly string[], random: () => number): string {
  // The index stays below the length, since random() stays below 1.
  return words[Math.floor(random() * words.length)] as string;
}
