/**
 * Paths of keys that a JSON text has twice in one object, each once, in the order found: `spec.a`. The text must be
 * valid JSON.
 */
export function findDuplicateFields(json: string): string[] {
  const reader: Reader = { json, at: 0, found: new Set() };
  readValue(reader, '');
  return [...reader.found];
}

interface Reader {
  readonly json: string;
  at: number;
  readonly found: Set<string>;
}

function readValue(reader: Reader, path: string): void {
  const first = nextCharacter(reader);
  if (first === '{') readObject(reader, path);
  else if (first === '[') readList(reader, path);
  else if (first === '"') readText(reader);
  else while (reader.at < reader.json.length && !',]}'.includes(reader.json[reader.at] as string)) reader.at += 1;
}

function readObject(reader: Reader, path: string): void {
  const keys = new Set<string>();
  reader.at += 1;
  while (reader.at < reader.json.length && nextCharacter(reader) !== '}') {
    const key = JSON.parse(readText(reader)) as string;
    const below = path === '' ? key : `${path}.${key}`;
    if (keys.has(key)) reader.found.add(below);
    keys.add(key);
    nextCharacter(reader);
    reader.at += 1;
    readValue(reader, below);
    if (nextCharacter(reader) === ',') reader.at += 1;
  }
  reader.at += 1;
}

function readList(reader: Reader, path: string): void {
  reader.at += 1;
  for (let index = 0; reader.at < reader.json.length && nextCharacter(reader) !== ']'; index += 1) {
    readValue(reader, `${path}[${index}]`);
    if (nextCharacter(reader) === ',') reader.at += 1;
  }
  reader.at += 1;
}

/** The text with its quotes; the reader stands behind it. */
function readText(reader: Reader): string {
  const start = reader.at;
  let end = start + 1;
  while (end < reader.json.length && reader.json[end] !== '"') end += reader.json[end] === '\\' ? 2 : 1;
  reader.at = end + 1;
  return reader.json.slice(start, reader.at);
}

function nextCharacter(reader: Reader): string | undefined {
  while (reader.at < reader.json.length && ' \t\n\r'.includes(reader.json[reader.at] as string)) reader.at += 1;
  return reader.json[reader.at];
}
