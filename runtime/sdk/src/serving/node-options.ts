/** Node's options for the process of a flow run: those of this process, but what only one process can have. */

/** Followed by a value of their own. */
const WITH_VALUE = ["-e", "--eval", "-p", "--print", "-pe"];
const WITHOUT_VALUE =
  /^(?:--inspect|--watch|--test|--eval=|--print=|--input-type|-i$|--interactive|-c$|--check)/;

export function inheritedNodeOptions(execArgv: readonly string[]): string[] {
  return execArgv.filter(
    (option, index) =>
      !WITH_VALUE.includes(option) &&
      !WITH_VALUE.includes(execArgv[index - 1] ?? "") &&
      !WITHOUT_VALUE.test(option),
  );
}
