/** How a schema shows in the OpenAPI document, where what it parses is more than what the contract promises. */
import type { z } from "zod";

/** Metadata under which a schema is documented as `shape` and nothing else. */
export function documentedAs(shape: z.core.JSONSchema.BaseSchema) {
  return {
    override({ jsonSchema }: { jsonSchema: object }) {
      for (const key of Object.keys(jsonSchema)) Reflect.deleteProperty(jsonSchema, key);
      Object.assign(jsonSchema, shape);
    },
  };
}
