/** Tokens that show that a write was meant (protocol section 1, "CSRF"). */
import { addSeconds, type CsrfToken, newId } from "@sluice/schemas";
import type { CommandContext } from "./context.ts";

/** Gives a client a fresh token, in place of one it had; clears away those that have expired. */
export async function issueCsrfToken(
  { store, now }: CommandContext,
  request: { readonly client: string; readonly token: string; readonly lifetimeSeconds: number },
): Promise<CsrfToken> {
  const moment = now();
  return await store.transaction(async (tx) => {
    const token = await tx.csrfTokens.put({
      id: newId(),
      created: moment,
      updated: moment,
      token: request.token,
      client: request.client,
      expiration: addSeconds(moment, request.lifetimeSeconds),
    });
    await tx.csrfTokens.deleteExpired(moment);
    return token;
  });
}
