/** Path and query parameters that several endpoints share. */
import { z } from "zod";
import { idSchema } from "./ids.ts";

/** `{id}` of a path, as the id of one kind. */
export function idParam<Kind extends string>() {
  return z.object({ id: idSchema<Kind>() });
}
