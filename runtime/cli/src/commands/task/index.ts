import type { Command } from "commander";
import type { Context } from "../../context.ts";
import { serveCommand } from "./serve.ts";

export function taskCommands(context: Context): Command[] {
  return [serveCommand(context)];
}
