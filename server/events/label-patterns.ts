/** Patterns for label values: `*` is any text, `?` any one character, a leading `!` negates (protocol section 7.6). */

export type LabelPattern = (value: string | undefined) => boolean;

/** Compiles one pattern. A resource that lacks the label matches no pattern, not even a negated one (trap 44). */
export function compileLabelPattern(pattern: string): LabelPattern {
  const isNegated = pattern.startsWith("!");
  const matches = compileGlob(isNegated ? pattern.slice(1) : pattern);
  return (value) => value !== undefined && matches(value) !== isNegated;
}

function compileGlob(glob: string): (value: string) => boolean {
  if (!/[*?]/.test(glob)) return (value) => value === glob;
  if (/^[^*?]*\*$/.test(glob)) {
    const prefix = glob.slice(0, -1);
    return (value) => value.startsWith(prefix);
  }
  const characters = Array.from(glob);
  return (value) => matchesGlob(characters, Array.from(value));
}

/**
 * Matches by remembering only the last `*`: on a mismatch that star takes one character more. At most glob × value
 * steps, where a regular expression with many stars could take forever; patterns come from users.
 */
function matchesGlob(glob: readonly string[], value: readonly string[]): boolean {
  let at = 0;
  let starAt = -1;
  let starTakes = 0;
  for (let position = 0; position < value.length; ) {
    if (glob[at] === "*") {
      starAt = at;
      starTakes = position;
      at += 1;
    } else if (glob[at] === "?" || (at < glob.length && glob[at] === value[position])) {
      at += 1;
      position += 1;
    } else if (starAt >= 0) {
      starTakes += 1;
      position = starTakes;
      at = starAt + 1;
    } else {
      return false;
    }
  }
  while (glob[at] === "*") at += 1;
  return at === glob.length;
}
