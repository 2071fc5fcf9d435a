import type { Command } from "commander";
import type { Context } from "../../context.ts";
import { createCommand } from "./create.ts";
import { deleteCommand } from "./delete.ts";
import { inspectCommand } from "./inspect.ts";
import { listCommand } from "./ls.ts";
import { renameCommand } from "./rename.ts";
import { useCommand } from "./use.ts";

export function profileCommands(context: Context): Command[] {
  return [
    listCommand(context),
    createCommand(context),
    useCommand(context),
    inspectCommand(context),
    renameCommand(context),
    deleteCommand(context),
  ];
}
