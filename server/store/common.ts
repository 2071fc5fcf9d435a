/** Small shapes that several ports share. */

/** Who did something (design: every write carries an actor), stored as it is shown. */
export interface Actor {
  readonly id: string | null;
  readonly type: string | null;
  readonly display_value: string | null;
}

/** A slice of a list; `limit` is a number of rows, `offset` is how many to leave out first. */
export interface Page {
  readonly limit: number;
  readonly offset: number;
}

export type Labels = Readonly<Record<string, string | number | boolean>>;
export type JsonObject = Readonly<Record<string, unknown>>;
