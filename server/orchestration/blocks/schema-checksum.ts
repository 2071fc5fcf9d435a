/** What a block schema is known by: both sides compute it, and must find the same (protocol section 9.1, trap 53). */
import { isExactObject, type JsonObject } from "@sluice/schemas";
import { pythonJson } from "./python-json.ts";
import { isEmpty, plainDefinitions, withDefinitions } from "./schema-definitions.ts";

/** The text whose SHA-256, in hexadecimal digits after `sha256:`, is the checksum of a schema with these fields. */
export function checksumText(fields: JsonObject): string {
  return pythonJson([[checksummedFields(fields)], {}]);
}

/** Which fields are secret makes no other schema; nor do the definitions of blocks, which have checksums of their own. */
function checksummedFields(fields: JsonObject): JsonObject {
  const open = withoutKey(fields, "secret_fields");
  const { definitions } = open;
  if (!isExactObject(definitions) || isEmpty(definitions)) return open;
  return withDefinitions(open, plainDefinitions(open, definitions));
}

/** Without a key at any depth of objects; lists are left as they are. */
function withoutKey(object: JsonObject, unwanted: string): JsonObject {
  const kept = Object.entries(object).filter(([key]) => key !== unwanted);
  return Object.fromEntries(
    kept.map(([key, value]) => [key, isExactObject(value) ? withoutKey(value, unwanted) : value]),
  );
}
