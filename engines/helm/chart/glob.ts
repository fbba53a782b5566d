/**
 * Compiles a pattern of gobwas/glob with `/` as separator: `*` and `?` stay within a folder, `**` does not, `[a-c]`, `[!a]`
 * and `{a,b}` as usual. undefined when the pattern is broken.
 */
export function compileGlob(pattern: string): ((text: string) => boolean) | undefined {
  const ends = /^([^*?[\]{}\\]+)\*\*([^*?[\]{}\\]+)$/.exec(pattern);
  // gobwas lets both ends share characters here: `a/**/b` matches `a/b`.
  if (ends !== null) return (text) => text.startsWith(ends[1] ?? '') && text.endsWith(ends[2] ?? '');
  const source = translate(pattern);
  if (source === undefined) return undefined;
  const expression = new RegExp(`^(?:${source})$`, 'su');
  return (text) => expression.test(text);
}

const special = /[\\^$.*+?()[\]{}|/]/;

function classLiteral(char: string): string {
  return char === '-' ? '\\-' : literal(char);
}

function literal(char: string): string {
  return special.test(char) ? `\\${char}` : char;
}

/**
 * In a pattern without `*`, gobwas takes single bytes for characters but at the end: `?.txt` does not match `é.txt`.
 */
const notAscii = '(?![^\\0-\\x7f].)';

function translate(pattern: string): string | undefined {
  const chars = Array.from(pattern);
  const guard = pattern.includes('*') ? '' : notAscii;
  let source = '';
  let depth = 0;
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i] as string;
    if (char === '\\') {
      const next = chars[++i];
      // A last backslash stands for nothing.
      source += next === undefined ? '' : literal(next);
    } else if (char === '*') {
      let stars = 1;
      while (chars[i + 1] === '*') {
        stars++;
        i++;
      }
      source += stars > 1 ? '.*' : '[^/]*';
    } else if (char === '?') {
      source += `${guard}[^/]`;
    } else if (char === '[') {
      const end = classEnd(chars, i);
      const body = end === undefined ? undefined : translateClass(chars.slice(i + 1, end));
      if (end === undefined || body === undefined) return undefined;
      source += guard + body;
      i = end;
    } else if (char === '{') {
      depth++;
      source += '(?:';
    } else if (char === '}' && depth > 0) {
      depth--;
      source += ')';
    } else if (char === ',' && depth > 0) {
      source += '|';
    } else {
      source += literal(char);
    }
  }
  return depth === 0 ? source : '(?!)';
}

function classEnd(chars: readonly string[], start: number): number | undefined {
  for (let i = start + 1; i < chars.length; i++) {
    if (chars[i] === '\\') i++;
    else if (chars[i] === ']') return i;
  }
  return undefined;
}

/** A range `a-c` or a list of characters; `!` first means any other. Like `?`, a class never is a separator. */
function translateClass(chars: readonly string[]): string | undefined {
  const not = chars[0] === '!';
  const body = chars.slice(not ? 1 : 0);
  if (body.length === 0) return undefined;
  let source = '';
  if (body.length === 3 && body[1] === '-') {
    const [from = '', , to = ''] = body;
    if (from > to) return undefined;
    source = `${classLiteral(from)}-${classLiteral(to)}`;
  } else {
    if (body.includes('-') && body[0] !== '\\') return undefined;
    for (let i = 0; i < body.length; i++) source += classLiteral((body[i] === '\\' ? body[++i] : body[i]) ?? '');
  }
  return not ? `[^${source}]` : `[${source}]`;
}
