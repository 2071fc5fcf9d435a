import type { Command } from "commander";
import type { Context } from "../../context.ts";
import { setCommand } from "./set.ts";
import { unsetCommand } from "./unset.ts";
import { viewCommand } from "./view.ts";

export function configCommands(context: Context): Command[] {
  return [viewCommand(context), setCommand(context), unsetCommand(context)];
}
