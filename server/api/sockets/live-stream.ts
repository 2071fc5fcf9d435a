/** What outgoing streams share: pass on what a subscription yields until one of the two sides ends. */
import type { Subscription } from "../../events/broadcast.ts";
import { CloseCode, closeSocket } from "./closing.ts";
import type { SocketConnection } from "./socket-route.ts";

/**
 * Ends the subscription when the client leaves or the server stops, and from now on ignores what the client sends.
 * Returns how to undo that.
 */
export function endWithConnection(
  { socket, messages, stopping }: SocketConnection,
  subscription: Pick<Subscription<unknown>, "close">,
): () => void {
  const end = (): void => subscription.close();
  messages.handOver(() => undefined);
  socket.once("close", end);
  stopping.addEventListener("abort", end, { once: true });
  if (stopping.aborted || socket.readyState !== socket.OPEN) end();
  return () => stopping.removeEventListener("abort", end);
}

/** Says goodbye after a subscription has ended. A client that was too slow has to know that it missed something. */
export function closeAfterStream(
  { socket, stopping }: SocketConnection,
  { isOverrun }: Pick<Subscription<unknown>, "isOverrun">,
): void {
  if (isOverrun) {
    closeSocket(
      socket,
      CloseCode.tryAgainLater,
      "The client reads too slowly and has missed messages; reconnect, or filter for less",
    );
  } else if (stopping.aborted) {
    closeSocket(socket, CloseCode.serviceRestart, "The server is stopping");
  }
}
