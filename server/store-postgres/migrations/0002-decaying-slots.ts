/** Limits whose slots come free by themselves: how many were taken, and at which moment that was so. */
export const decayingSlots = `
ALTER TABLE concurrency_limit ADD COLUMN decaying_slots double precision NOT NULL DEFAULT 0;
ALTER TABLE concurrency_limit ADD COLUMN decaying_since bigint NOT NULL DEFAULT 0;
`;
