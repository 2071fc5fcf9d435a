/** How many commands of one pass are under way together: enough for them to share transactions. */
const CONCURRENCY = 16;

/**
 * Does something with each item, several at a time, and leaves the rest when stopped. One that fails does not keep the
 * others from their turn; the first failure is thrown at the end.
 */
export async function forEachUntilStopped<Item>(
  items: readonly Item[],
  signal: AbortSignal,
  act: (item: Item) => Promise<unknown>,
): Promise<void> {
  const remaining = items.values();
  const failures: unknown[] = [];
  const work = async (): Promise<void> => {
    for (const item of remaining) {
      if (signal.aborted) return;
      await act(item).catch((error: unknown) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, items.length) }, work));
  if (failures.length > 0) throw failures[0];
}
