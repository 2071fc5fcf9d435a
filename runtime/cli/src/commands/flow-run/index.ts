import type { Command } from "commander";
import type { Context } from "../../context.ts";
import { cancelCommand } from "./cancel.ts";
import { deleteCommand } from "./delete.ts";
import { inspectCommand } from "./inspect.ts";
import { logsCommand } from "./logs.ts";
import { listCommand } from "./ls.ts";
import { retryCommand } from "./retry.ts";

export function flowRunCommands(context: Context): Command[] {
  return [
    listCommand(context),
    inspectCommand(context),
    logsCommand(context),
    cancelCommand(context),
    deleteCommand(context),
    retryCommand(context),
  ];
}
