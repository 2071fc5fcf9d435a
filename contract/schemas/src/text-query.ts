/**
 * The search language of `EventFilter.text` and `LogFilter.text` (protocol section 7.6): terms separated by spaces,
 * any of which must occur; `"a phrase"`; `-x` or `!x` must not occur; `+x` must occur. Case does not matter, a term
 * may stand anywhere in a word. Both databases and the live streams search with the query parsed here.
 */

/** A parsed query; every term is lower-case. A query without terms matches every text. */
export interface TextQuery {
  /** At least one of these must occur (when there are any). */
  readonly anyOf: readonly string[];
  /** None of these may occur. */
  readonly noneOf: readonly string[];
  /** Each of these must occur. */
  readonly allOf: readonly string[];
}

/** A sign, then a quoted phrase (whose closing quote may be missing) or a bare word. */
const TERM = /([-!+]?)(?:"((?:\\.|[^"\\])*\\?)"?|([^\s"]+))|[-!+]/gsu;

/** Parses a query. Never fails: an unclosed quote runs to the end, a lone sign is skipped. */
export function parseTextQuery(query: string): TextQuery {
  const terms = { anyOf: [] as string[], noneOf: [] as string[], allOf: [] as string[] };
  for (const [, sign, phrase, word] of query.matchAll(TERM)) {
    const term = (word ?? unescapePhrase(phrase ?? "")).toLowerCase();
    if (isLoneSign(sign, phrase, word) || term.trim() === "") continue;
    if (sign === "+") terms.allOf.push(term);
    else if (sign) terms.noneOf.push(term);
    else terms.anyOf.push(term);
  }
  return terms;
}

/** True when `lowerCaseText` (already lower-cased by the caller) satisfies the query. */
export function matchesTextQuery(query: TextQuery, lowerCaseText: string): boolean {
  const occurs = (term: string): boolean => lowerCaseText.includes(term);
  return (
    (query.anyOf.length === 0 || query.anyOf.some(occurs)) &&
    !query.noneOf.some(occurs) &&
    query.allOf.every(occurs)
  );
}

/** True for a sign that nothing follows: the regular expression then reads the sign itself as the word. */
function isLoneSign(sign: string | undefined, phrase: string | undefined, word: string | undefined): boolean {
  return !sign && phrase === undefined && (word === undefined || /^[-!+]$/.test(word));
}

function unescapePhrase(phrase: string): string {
  return phrase.replace(/\\(["\\])/g, "$1");
}
