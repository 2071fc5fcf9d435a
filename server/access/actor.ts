/** Who does a write. Every write carries an actor; `created_by` of the contract is derived from it. */
import type { ActorId } from "@sluice/schemas";

/** What kind of thing acts; the words are the contract's (`created_by.type`). */
export const ActorType = {
  /** Nobody in particular: an open server, or a client that sent the shared auth string. */
  ANONYMOUS: "ANONYMOUS",
  AUTOMATION: "AUTOMATION",
  /** The server's own background work. */
  SYSTEM: "SYSTEM",
} as const;
export type ActorType = (typeof ActorType)[keyof typeof ActorType];

export interface Actor {
  readonly id: ActorId | null;
  readonly type: ActorType;
  readonly display_value: string | null;
}

/** A request without any sign of who made it. */
export const ANONYMOUS: Actor = { id: null, type: ActorType.ANONYMOUS, display_value: null };

/** Background services of the server itself. */
export const SYSTEM: Actor = { id: null, type: ActorType.SYSTEM, display_value: null };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * The actor of a request by the pair of headers that automations send (protocol section 1): the id as it is, the name
 * in base64. A pair that is incomplete or unreadable names nobody.
 */
export function actorOf(automationId: string | undefined, automationName: string | undefined): Actor {
  if (!automationId || !automationName || !UUID.test(automationId)) return ANONYMOUS;
  const name = decodeBase64(automationName);
  if (!name) return ANONYMOUS;
  // Checked by the pattern above.
  const id = automationId.toLowerCase() as ActorId;
  return { id, type: ActorType.AUTOMATION, display_value: name };
}

/** UTF-8 text out of base64, or null when it is neither. */
export function decodeBase64(encoded: string): string | null {
  try {
    const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
