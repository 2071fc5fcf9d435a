/**
 * Statements whose answer nobody waits for: they leave together with the next statement, without a round trip in
 * between. The database works them off in order. If one fails, the transaction has failed with it, and the next
 * statement that is waited for (the commit at the latest) throws the error.
 */

const deferrable = new Set(["begin"]);

/** Marks a statement of which only success matters, and only within a transaction. */
export function deferred(text: string): string {
  deferrable.add(text);
  return text;
}

export function isDeferrable(text: string): boolean {
  return deferrable.has(text);
}
