/**
 * Fields of request bodies that are no resource: paging, and bodies made of several parameters.
 *
 * In such bodies a null stands for "not given", whatever the field's type, and unknown keys are ignored. The Python
 * client relies on both (`limit: null` means the default; protocol section 10, trap 8).
 */
import { z } from "zod";
import { documentedAs } from "./documented-as.ts";
import { integer } from "./fields.ts";

/** How many rows a list returns when not told, and at most. */
export const DEFAULT_LIMIT = 200;

/** A field with a default, for absent and null alike. */
export function withDefault<Output, Input>(
  schema: z.ZodType<Output, Input>,
  value: z.util.NoUndefined<Output>,
): NullableField<Output, Input> {
  const field: z.ZodType = z.preprocess(nullAsAbsent, schema.default(value));
  return field.default(value) as unknown as NullableField<Output, Input>; // preprocess forgets the input's type
}

/** A field that may be left out; null is the same as absent. */
export function omittable<Output, Input>(
  schema: z.ZodType<Output, Input>,
): NullableField<Output | undefined, Input> {
  const field = z.preprocess(nullAsAbsent, schema.optional()).optional();
  return field as unknown as NullableField<Output | undefined, Input>; // preprocess forgets the input's type
}

type NullableField<Output, Input> = z.ZodType<
  Output,
  Input | null | undefined,
  z.core.$ZodTypeInternals<Output, Input | null | undefined> & { optin: "optional" }
>;

function nullAsAbsent(value: unknown): unknown {
  return value ?? undefined;
}

/**
 * `limit` of a list: 0 to {@link DEFAULT_LIMIT}. A wrong one is answered with a bare `detail`, not with a list of
 * fields (protocol section 1, "Pagination"); `params.detail` says so.
 */
export const limitField = withDefault(
  integer
    .refine((limit) => limit >= 0, {
      message: "Invalid limit: must be greater than or equal to 0.",
      params: { isDetail: true },
    })
    .refine((limit) => limit <= DEFAULT_LIMIT, {
      message: `Invalid limit: must be less than or equal to ${DEFAULT_LIMIT}.`,
      params: { isDetail: true },
    }),
  DEFAULT_LIMIT,
);

/** How many rows to leave out first. */
export const offsetField = withDefault(integer.min(0), 0);

/** Pages count from 1. */
export const pageField = withDefault(integer.min(1), 1);

/** How many objects one bulk operation touches at most. */
export const MAXIMUM_BULK_SIZE = 50;
export const bulkLimitField = withDefault(integer.min(1).max(MAXIMUM_BULK_SIZE), MAXIMUM_BULK_SIZE);

/** One page of a list. */
export function pageResponse<Item extends z.ZodType>(item: Item) {
  return z.object({
    results: z.array(item),
    count: integer,
    limit: integer,
    pages: integer,
    page: integer,
  });
}

const TRUE = new Set(["true", "1", "yes", "on", "t", "y"]);
const FALSE = new Set(["false", "0", "no", "off", "f", "n"]);

/** A truth value in a query, where everything is text. */
const queryFlag = z
  .string()
  .transform((text, context): boolean => {
    const word = text.toLowerCase();
    if (!TRUE.has(word) && !FALSE.has(word)) {
      context.addIssue({
        code: "custom",
        message: "Input should be a valid boolean, unable to interpret input",
        params: { type: "bool_parsing" },
      });
      return z.NEVER;
    }
    return TRUE.has(word);
  })
  .meta(documentedAs({ type: "boolean" }));

/** `?include_secrets=true` shows the secrets of block documents, which are masked otherwise. */
export const includeSecretsQuery = z.object({
  include_secrets: queryFlag.default(false).meta(documentedAs({ type: "boolean", default: false })),
});
