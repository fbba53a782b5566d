/**
 * Paths of keys that a JSON text has twice in one object, each once, in the order found: `spec.a`. The text must be
 * valid JSON; `value` is what it says.
 */
export function findDuplicateFields(json: string, value: unknown = JSON.parse(json)): string[] {
  // Of keys that stand twice the value has one: the text is read closely only then.
  if (countKeysOfText(json) === countKeysOfValue(value)) return [];
  const reader: Reader = { json, at: 0, found: new Set() };
  readValue(reader, '');
  return [...reader.found];
}

/** Strings that a colon follows. */
function countKeysOfText(json: string): number {
  let count = 0;
  for (let start = json.indexOf('"'); start >= 0; ) {
    let end = json.indexOf('"', start + 1);
    while (isEscaped(json, end)) end = json.indexOf('"', end + 1);
    let next = end + 1;
    while (isSpace(json.charCodeAt(next))) next += 1;
    if (json.charCodeAt(next) === colon) count += 1;
    start = json.indexOf('"', next);
  }
  return count;
}

const colon = 0x3a;
const backslash = 0x5c;

const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;

/** Whether an odd number of backslashes stands before this place. */
function isEscaped(json: string, at: number): boolean {
  let first = at;
  while (json.charCodeAt(first - 1) === backslash) first -= 1;
  return (at - first) % 2 === 1;
}

function countKeysOfValue(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) for (const item of value) count += countKeysOfValue(item);
  else for (const key in value) count += 1 + countKeysOfValue((value as Record<string, unknown>)[key]);
  return count;
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
