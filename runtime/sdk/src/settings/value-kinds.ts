/** How the text of a setting becomes a value. */

export interface ValueKind<Value> {
  /** What a value should look like, for error messages: "a whole number of 0 or more". */
  readonly expected: string;
  /** Hidden in output that people may share. */
  readonly isSecret: boolean;
  /** Undefined: the text isn't such a value. */
  parse(text: string): Value | undefined;
}

type NullableKind<Value> = ValueKind<Value> & { readonly orNull: ValueKind<Value | null> };

function kind<Value>(
  expected: string,
  parse: (text: string) => Value | undefined,
  isSecret = false,
): NullableKind<Value> {
  return { expected, isSecret, parse, orNull: { expected, isSecret, parse } };
}

export const textValue = kind("text", (text) => text);

export const secretValue = kind("text", (text) => text, true);

export const urlValue = kind("a URL that starts with http:// or https://", (text) => {
  if (!URL.canParse(text) || !/^https?:/i.test(text)) return undefined;
  return text.replace(/\/+$/, "");
});

export const numberValue = kind("a number of 0 or more", (text) => {
  const value = Number(text);
  return text.trim() !== "" && Number.isFinite(value) && value >= 0 ? value : undefined;
});

export const integerValue = kind("a whole number of 0 or more", (text) => {
  const value = Number(text);
  return text.trim() !== "" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
});

const TRUE_WORDS = ["1", "true", "t", "yes", "y", "on"];
const FALSE_WORDS = ["0", "false", "f", "no", "n", "off"];

export const booleanValue = kind<boolean>("true or false", (text) => {
  const word = text.trim().toLowerCase();
  if (TRUE_WORDS.includes(word)) return true;
  return FALSE_WORDS.includes(word) ? false : undefined;
});

export const statusCodesValue = kind<readonly number[]>("HTTP statuses separated by commas", (text) => {
  const parts = text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  return parts.every((part) => /^[1-5]\d\d$/.test(part)) ? parts.map(Number) : undefined;
});

export const headersValue = kind<Readonly<Record<string, string>>>(
  "a JSON object of texts",
  (text) => {
    try {
      const value: unknown = JSON.parse(text);
      if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, String(item)]));
    } catch {
      return undefined;
    }
  },
  true,
);
