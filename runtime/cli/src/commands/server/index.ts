import { Command } from "commander";
import type { Context } from "../../context.ts";
import { databaseCommands } from "../database/index.ts";
import { startCommand } from "./start.ts";
import { statusCommand } from "./status.ts";

export function serverCommands(context: Context): Command[] {
  const database = new Command("database")
    .description("The same as sluice database")
    .usage("<verb> [options]");
  for (const command of databaseCommands(context)) database.addCommand(command);
  return [startCommand(context), statusCommand(context), database];
}
