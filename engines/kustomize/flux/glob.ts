/** A pattern that is none, such as an open bracket. */
class BadPatternError extends Error {
  override readonly name = 'BadPatternError';
}

/**
 * The text without the shortest or longest start that fits the pattern: `*`, `?`, `[a-z]`, `[^a-z]` and `\` before a
 * character. As it is when no start fits, or the pattern is malformed.
 */
export function trimStart(text: readonly string[], pattern: readonly string[], longest: boolean): string[] {
  const lengths = text.map((_, i) => i + 1);
  if (longest) lengths.reverse();
  try {
    const length = lengths.find((end) => fits(pattern, 0, text.slice(0, end), 0));
    return text.slice(length ?? 0);
  } catch (error) {
    if (error instanceof BadPatternError) return [...text];
    throw error;
  }
}

function fits(pattern: readonly string[], at: number, text: readonly string[], from: number): boolean {
  const char = pattern[at];
  if (char === undefined) return from === text.length;
  if (char === '*') {
    for (let i = from; i <= text.length; i++) if (fits(pattern, at + 1, text, i)) return true;
    return false;
  }
  const actual = text[from];
  if (actual === undefined) return false;
  if (char === '?') return fits(pattern, at + 1, text, from + 1);
  if (char === '[') {
    const set = readSet(pattern, at + 1);
    return set.includes(actual) && fits(pattern, set.end, text, from + 1);
  }
  const literal = char === '\\' ? at + 1 : at;
  if (pattern[literal] === undefined) throw new BadPatternError();
  return pattern[literal] === actual && fits(pattern, literal + 1, text, from + 1);
}

interface CharacterSet {
  readonly includes: (char: string) => boolean;
  /** Where the pattern goes on. */
  readonly end: number;
}

function readSet(pattern: readonly string[], start: number): CharacterSet {
  const negated = pattern[start] === '^';
  let at = negated ? start + 1 : start;
  const ranges: [low: string, high: string][] = [];
  const read = (): string => {
    if (pattern[at] === undefined || pattern[at] === '-' || pattern[at] === ']') throw new BadPatternError();
    if (pattern[at] === '\\') at++;
    const char = pattern[at++];
    if (char === undefined || pattern[at] === undefined) throw new BadPatternError();
    return char;
  };
  while (pattern[at] !== ']' || ranges.length === 0) {
    const low = read();
    let high = low;
    if (pattern[at] === '-') {
      at++;
      high = read();
    }
    ranges.push([low, high]);
  }
  const code = (char: string): number => char.codePointAt(0) ?? 0;
  return {
    includes: (char) => ranges.some(([low, high]) => code(low) <= code(char) && code(char) <= code(high)) !== negated,
    end: at + 1,
  };
}
