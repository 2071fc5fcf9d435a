/** The command line: `sluice <noun> <verb>`. A noun's verbs are loaded when the noun is named, so that starting is quick. */
import { Command } from "commander";
import type { Context } from "./context.ts";
import { sluiceVersion } from "./sluice-version.ts";

interface Noun {
  readonly name: string;
  readonly alias?: string;
  readonly summary: string;
  /** The noun's verbs; for a command without verbs, the command itself. */
  readonly load: () => Promise<(context: Context) => Command[]>;
}

const NOUNS: readonly Noun[] = [
  {
    name: "server",
    summary: "Start a server, or ask how one is doing",
    load: async () => (await import("./commands/server/index.ts")).serverCommands,
  },
  {
    name: "database",
    summary: "Look after the server's database",
    load: async () => (await import("./commands/database/index.ts")).databaseCommands,
  },
  {
    name: "flow-run",
    alias: "flow-runs",
    summary: "List, inspect, cancel, delete and retry flow runs, and read their logs",
    load: async () => (await import("./commands/flow-run/index.ts")).flowRunCommands,
  },
  {
    name: "flow",
    alias: "flows",
    summary: "List flows",
    load: async () => (await import("./commands/flow/index.ts")).flowCommands,
  },
  {
    name: "task",
    alias: "tasks",
    summary: "Serve background tasks",
    load: async () => (await import("./commands/task/index.ts")).taskCommands,
  },
  {
    name: "config",
    summary: "View and change settings",
    load: async () => (await import("./commands/config/index.ts")).configCommands,
  },
  {
    name: "profile",
    alias: "profiles",
    summary: "Keep several sets of settings and switch between them",
    load: async () => (await import("./commands/profile/index.ts")).profileCommands,
  },
];

export function makeProgram(context: Context): Command {
  const program = configure(new Command("sluice"), context)
    .description("Run and look after flows.")
    .version(sluiceVersion(), "-v, --version", "print the version")
    .option("-p, --profile <name>", "settings profile for this command")
    .option("--no-prompt", "never ask, also on a terminal");
  for (const noun of NOUNS) program.addCommand(nounCommand(noun, context));
  const version = program.command("version").description("Show the versions of everything that matters");
  version.option("--json", "print JSON with stable keys").action(async (options: { json?: boolean }) => {
    const { showVersion } = await import("./commands/version.ts");
    await showVersion(context, options);
  });
  program.hook("preSubcommand", async (_, subcommand) => {
    const noun = NOUNS.find(({ name }) => name === subcommand.name());
    if (!noun || subcommand.commands.length > 0) return;
    const makeVerbs = await noun.load();
    for (const verb of makeVerbs(context)) subcommand.addCommand(configure(verb, context));
  });
  return program;
}

function nounCommand(noun: Noun, context: Context): Command {
  const command = configure(new Command(noun.name), context)
    .description(noun.summary)
    .usage("<verb> [options]");
  return noun.alias ? command.alias(noun.alias) : command;
}

/** Usage errors are thrown instead of ending the process, with the usage shown below them, all through our streams. */
function configure(command: Command, context: Context): Command {
  for (const child of command.commands) configure(child, context);
  return command
    .exitOverride()
    .showHelpAfterError()
    .helpCommand(false)
    .configureOutput({
      writeOut: (text) => context.streams.stdout.write(text),
      writeErr: (text) => context.streams.stderr.write(text),
    });
}
