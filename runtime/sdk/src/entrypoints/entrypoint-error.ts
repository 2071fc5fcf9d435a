import { SluiceError } from "../errors.ts";

/** A flow couldn't be loaded from its entrypoint. */
export class EntrypointError extends SluiceError {
  constructor(message: string, options?: ErrorOptions) {
    super("bad-entrypoint", message, options);
  }
}
