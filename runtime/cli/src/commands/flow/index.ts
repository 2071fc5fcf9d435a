import type { Command } from "commander";
import type { Context } from "../../context.ts";
import { listCommand } from "./ls.ts";

export function flowCommands(context: Context): Command[] {
  return [listCommand(context)];
}
