/** A command that can't do what it was asked: what happened, and what to do now. Shown as it is; the exit code is 1. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  /** A line of its own under the message: a command to run, a thing to check. */
  readonly advice: string | null;

  constructor(message: string, advice: string | null = null) {
    super(message);
    this.advice = advice;
  }
}
