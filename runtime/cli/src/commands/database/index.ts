import type { Command } from "commander";
import type { Context } from "../../context.ts";
import { resetCommand } from "./reset.ts";
import { upgradeCommand } from "./upgrade.ts";

export function databaseCommands(context: Context): Command[] {
  return [upgradeCommand(context), resetCommand(context)];
}
