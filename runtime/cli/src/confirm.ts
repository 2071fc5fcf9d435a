/** Asks before something that can't be taken back. */
import { CommandError } from "./command-error.ts";
import type { Context } from "./context.ts";

/**
 * Passes when the person says yes, said it before by `--yes`, or isn't there to be asked.
 * @throws CommandError when the answer is no
 */
export async function confirm(
  context: Context,
  question: string,
  options: { readonly yes?: boolean },
): Promise<void> {
  if (options.yes || !context.isInteractive) return;
  const { confirm: ask, isCancel } = await import("@clack/prompts");
  const answer = await ask({ message: question, initialValue: false });
  if (isCancel(answer) || !answer) throw new CommandError("Nothing was changed.");
}
