/** The columns whose value is another one than before; null when there is none. */
export function changedColumns<Columns extends object>(
  before: Columns,
  after: Columns,
): Partial<Columns> | null {
  const changed: Partial<Columns> = {};
  let isEmpty = true;
  // The keys of a column object are its declared ones: facts are made by the command layer, key by key.
  for (const key of Object.keys(after) as (keyof Columns)[]) {
    if (before[key] === after[key]) continue;
    changed[key] = after[key];
    isEmpty = false;
  }
  return isEmpty ? null : changed;
}
