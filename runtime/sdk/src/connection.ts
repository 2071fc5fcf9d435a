/**
 * This process's connection to a server: opened when the first run needs it, shared by all runs.
 */
import { currentContext, runWithContext } from "./context.ts";
import { sdkSettings } from "./sdk-settings.ts";
import type { Transport } from "./transport/transport.ts";

let opening: Promise<Transport> | null = null;
let open: Transport | null = null;

/**
 * The transport for the current context, opened if need be.
 * @throws NoServerConfigured, SettingsError
 */
export function connect(): Promise<Transport> {
  const own = currentContext().transport;
  if (own) return Promise.resolve(own);
  opening ??= openConnection();
  return opening;
}

/** The transport if there is one already. */
export function connectedTransport(): Transport | null {
  return currentContext().transport ?? open;
}

/** Runs `body` with its runs reported to `transport`. */
export function withTransport<R>(transport: Transport, body: () => R): R {
  return runWithContext({ transport }, body);
}

/** Delivers what was handed over and closes the connection; the next run opens another. */
export async function closeConnection(options?: { timeoutMs?: number }): Promise<void> {
  const closing = opening;
  opening = null;
  open = null;
  const transport = await closing?.catch(() => null);
  await transport?.close(options);
}

async function openConnection(): Promise<Transport> {
  try {
    // Loaded when it is needed: threads that run tasks never connect, and ending one while a native add-on of the socket
    // library is loading would take the process down.
    const { openTransport } = await import("./transport/open-transport.ts");
    open = await openTransport(sdkSettings());
    return open;
  } catch (error) {
    opening = null;
    throw error;
  }
}
