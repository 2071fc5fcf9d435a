/** Small shapes that several ports share. */
import type { CreatedBy } from "@sluice/schemas";

/** Who did something (every write carries an actor), stored as it is shown. */
export type Actor = CreatedBy;

/** A slice of a list; `limit` is a number of rows, `offset` is how many to leave out first. */
export interface Page {
  readonly limit: number;
  readonly offset: number;
}
