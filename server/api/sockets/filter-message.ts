/** The second message on outgoing streams: `{"type":"filter","filter":…,"backfill":true}` (protocol section 7.5). */
import { z } from "zod";
import { validationDetails } from "../edge/validation-details.ts";
import { CloseCode, closeSocket } from "./closing.ts";
import { HANDSHAKE_TIMEOUT_MS, parseJson } from "./handshake.ts";
import type { SocketConnection } from "./socket-route.ts";

/** Filters are lists of ids at the longest. */
export const MAX_FILTER_BYTES = 1024 * 1024;

const envelope = z.object({
  type: z.literal("filter"),
  filter: z.unknown(),
  backfill: z.boolean().default(true),
});

export interface FilterMessage<Filter> {
  readonly filter: Filter;
  readonly wantsBackfill: boolean;
}

/** Waits for the filter; null when the client went away or was turned away. */
export async function receiveFilter<Schema extends z.ZodType>(
  { socket, messages }: SocketConnection,
  schema: Schema,
): Promise<FilterMessage<z.output<Schema>> | null> {
  const message = await messages.next(HANDSHAKE_TIMEOUT_MS);
  const parsed = envelope.safeParse(parseJson(message?.text ?? null));
  if (!parsed.success) {
    closeSocket(socket, CloseCode.protocolError, "Expected 'filter' message");
    return null;
  }
  const filter = schema.safeParse(parsed.data.filter);
  if (!filter.success) {
    const [detail] = validationDetails("body", parsed.data.filter, filter.error.issues, 1);
    const where = detail?.loc.slice(1).join(".") ?? "";
    closeSocket(
      socket,
      CloseCode.protocolError,
      `Invalid filter: ${where}: ${detail?.msg ?? "not understood"}`,
    );
    return null;
  }
  return { filter: filter.data, wantsBackfill: parsed.data.backfill };
}
