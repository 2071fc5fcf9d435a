/** One mapper from what was thrown to what people read. */
import { CommandError } from "./command-error.ts";

/** Errors whose message is written for people; anything else is a defect and shows where it happened. */
const EXPECTED = new Set(["CommandError", "SettingsError"]);

export interface Failure {
  readonly message: string;
  readonly advice: string | null;
}

export async function describeFailure(error: unknown): Promise<Failure> {
  if (!(error instanceof Error)) return { message: String(error), advice: null };
  if (error instanceof CommandError) return { message: error.message, advice: error.advice };
  if (EXPECTED.has(error.name)) return { message: error.message, advice: null };
  const { ClientError, ServerUnreachable } = await import("@sluice/client");
  if (error instanceof ServerUnreachable) {
    return {
      message: error.message,
      advice:
        "Start a server with: sluice server start\nOr name another with: sluice config set SLUICE_API_URL=<url>",
    };
  }
  if (error instanceof ClientError) return { message: error.message, advice: null };
  return {
    message: error.stack ?? error.message,
    advice: "This is a defect in sluice; please report it with the text above.",
  };
}
