/** Cuts a path at the delimiter, unless a backslash stands before it. One leading delimiter is passed over. */
export function splitPath(path: string, delimiter: string): string[] {
  const parts = path.split(delimiter);
  if (parts.length > 1 && parts[0] === '') parts.shift();
  const result = [parts[0] ?? ''];
  for (const part of parts.slice(1)) {
    const last = result.at(-1) ?? '';
    if (last.endsWith('\\')) result[result.length - 1] = last.slice(0, -1) + delimiter + part;
    else result.push(part);
  }
  return result;
}

/** Like splitPath, with names in square brackets kept whole: `[name=a.b]` selects, `[a.b/c]` is a key. */
export function splitBracketPath(path: string, delimiter: string): string[] {
  const parts = splitPath(path, delimiter);
  const result: string[] = [];
  for (let i = 0; i < parts.length; i++) {
    let part = parts[i] ?? '';
    if (!part.startsWith('[') || part.endsWith(']')) {
      result.push(part);
      continue;
    }
    while (i < parts.length - 1 && !part.endsWith(']')) part += delimiter + parts[++i];
    result.push(part.includes('=') ? part : part.replace(/^[[\]]+|[[\]]+$/g, ''));
  }
  return result;
}

/** `[name=value]`: what to look for in a list. */
export function isListSelector(part: string): boolean {
  return part.startsWith('[') && part.endsWith(']');
}

export function parseListSelector(part: string): { field: string; value: string } {
  const inner = part.replace(/\]$/, '').replace(/^\[/, '');
  const at = inner.indexOf('=');
  if (at < 0) throw new Error('list path element must contain fieldName=fieldValue for element to match');
  return { field: inner.slice(0, at), value: inner.slice(at + 1) };
}

export function isIndex(part: string): boolean {
  return /^\+?\d+$/.test(part);
}
