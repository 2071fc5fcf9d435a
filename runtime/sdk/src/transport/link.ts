/** A way on which records leave this process: they are sent in order, and confirmed in order some time later. */

export interface LinkHandlers {
  /** The first `total` records sent over this link have arrived. */
  onConfirmed(total: number): void;
  /** The link is gone; what was not confirmed may or may not have arrived. Called at most once. */
  onLost(loss: LinkLoss): void;
}

export interface LinkLoss {
  readonly error: Error;
  /** True when the other side closed because of something that it was sent. */
  readonly blamesContent: boolean;
}

export interface Link<Item> {
  /** Sends records. */
  send(items: readonly Item[]): void;
  /** Asks for confirmation of everything sent. */
  checkpoint(): void;
  /** Whether the open link keeps the process alive. */
  setKeepsAlive(keepsAlive: boolean): void;
  close(): void;
}

/** @throws when there is no way at the moment */
export type OpenLink<Item> = (handlers: LinkHandlers) => Promise<Link<Item>>;
