/**
 * Short messages between the processes that share a database. A signal is a hint: it is sent outside of transactions
 * and may be lost, so whoever listens must also find the work without it.
 */
export interface StoreSignals {
  /** Sends to the listeners in other processes, at most 7,900 bytes of UTF-8. Never throws: a lost hint costs time only. */
  send(channel: string, message: string): Promise<void>;
  /**
   * Calls `onMessage` for what other processes send, and `onReconnect` when messages may have been missed because the
   * connection was lost for a while. Returns how to stop.
   */
  listen(
    channel: string,
    onMessage: (message: string) => void,
    onReconnect: () => void,
  ): Promise<() => Promise<void>>;
}

/** For a database that only this process uses. */
export const NO_SIGNALS: StoreSignals = {
  send: () => Promise.resolve(),
  listen: () => Promise.resolve(() => Promise.resolve()),
};
