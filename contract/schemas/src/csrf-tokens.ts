/** Tokens that show that a write was meant (protocol section 1, "CSRF"). */
import { z } from "zod";
import { type CsrfTokenId, idOutput } from "./ids.ts";
import { type Timestamp, timestampOutput } from "./timestamps.ts";

export interface CsrfToken {
  readonly id: CsrfTokenId;
  readonly created: Timestamp;
  readonly updated: Timestamp;
  readonly token: string;
  /** The client that it was made for; one live token per client. */
  readonly client: string;
  readonly expiration: Timestamp;
}

export const csrfTokenResponse = z
  .object({
    id: idOutput,
    created: timestampOutput.nullable(),
    updated: timestampOutput.nullable(),
    token: z.string(),
    client: z.string(),
    expiration: timestampOutput,
  })
  .meta({ id: "CsrfToken" });
export type CsrfTokenResponse = z.output<typeof csrfTokenResponse>;
