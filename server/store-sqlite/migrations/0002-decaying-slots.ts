/** Limits whose slots come free by themselves: how many were taken, and at which moment that was so. */
export const decayingSlots = `
ALTER TABLE concurrency_limit ADD COLUMN decaying_slots REAL NOT NULL DEFAULT 0;
ALTER TABLE concurrency_limit ADD COLUMN decaying_since INTEGER NOT NULL DEFAULT 0;
`;
