/** A request that its endpoint's schemas refuse. */
import type { ValidationDetail } from "./validation-details.ts";

export class InvalidRequest extends Error {
  override readonly name = "InvalidRequest";
  readonly details: readonly ValidationDetail[];
  /** Given back to the sender as it was read. */
  readonly requestBody: unknown;

  constructor(details: readonly ValidationDetail[], requestBody: unknown) {
    super("Invalid request received.");
    this.details = details;
    this.requestBody = requestBody;
  }
}
