/** A pattern that filepath.Match refuses. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
  constructor() {
    super('syntax error in pattern');
  }
}

/** filepath.Match: `*` and `?` stay within a folder, `[a-c]` and `[^a]` stand for one character. Throws PatternError. */
export function matchPath(pattern: string, path: string): boolean {
  return compilePath(pattern)(path);
}

/** The pattern of matchPath for many paths. Throws PatternError. */
export function compilePath(pattern: string): (path: string) => boolean {
  const expression = new RegExp(`^${translate(Array.from(pattern))}$`, 'su');
  return (path) => expression.test(path);
}

function literal(char: string): string {
  return char.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
}

function classLiteral(char: string): string {
  return char === '-' ? '\\-' : literal(char);
}

function translate(chars: readonly string[]): string {
  let source = '';
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i] as string;
    if (char === '*') source += '[^/]*';
    else if (char === '?') source += '[^/]';
    else if (char === '\\') {
      const next = chars[++i];
      if (next === undefined) throw new PatternError();
      source += literal(next);
    } else if (char === '[') {
      const parsed = translateClass(chars, i + 1);
      source += parsed.source;
      i = parsed.end;
    } else {
      source += literal(char);
    }
  }
  return source;
}

function translateClass(chars: readonly string[], start: number): { source: string; end: number } {
  let at = start;
  const not = chars[at] === '^';
  if (not) at++;
  let body = '';
  for (let count = 0; ; count++) {
    if (chars[at] === ']' && count > 0) break;
    const low = classChar(chars, at);
    at = low.next;
    let high = low.char;
    if (chars[at] === '-') {
      const end = classChar(chars, at + 1);
      at = end.next;
      high = end.char;
    }
    if (low.char <= high)
      body += low.char === high ? classLiteral(low.char) : `${classLiteral(low.char)}-${classLiteral(high)}`;
  }
  return { source: body === '' ? (not ? '[^/]' : '(?!)') : not ? `[^${body}]` : `[${body}]`, end: at };
}

function classChar(chars: readonly string[], at: number): { char: string; next: number } {
  const char = chars[at];
  if (char === undefined || char === '-' || char === ']') throw new PatternError();
  if (char !== '\\') {
    if (chars[at + 1] === undefined) throw new PatternError();
    return { char, next: at + 1 };
  }
  const escaped = chars[at + 1];
  if (escaped === undefined || chars[at + 2] === undefined) throw new PatternError();
  return { char: escaped, next: at + 2 };
}
