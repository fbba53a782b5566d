import type { SplitIndex } from './split-yaml.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Finds the charts of an index in JSON without parsing it as a whole. undefined when it is no well-formed JSON. */
export async function splitJson(text: string, pause: () => Promise<void>): Promise<SplitIndex | undefined> {
  const found: SplitIndex = { apiVersion: '', charts: new Map() };
  try {
    for (const [key, start, end] of readMembers(text, skipBlanks(text, 0))) {
      if (key === 'apiVersion') found.apiVersion = String(JSON.parse(text.slice(start, end)));
      if (key !== 'entries' || text.startsWith('null', start)) continue;
      let paused = start;
      for (const [name, from, to] of readMembers(text, start)) {
        found.charts.set(name, { text: text.slice(from, to), line: 1 });
        if (to - paused < 500_000) continue;
        await pause();
        paused = to;
      }
    }
    return found;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

type Member = [key: string, start: number, end: number];

/** The members of the object that begins here. Throws SyntaxError. */
function* readMembers(text: string, object: number): Generator<Member> {
  if (text[object] !== '{') throw new SyntaxError('no object');
  let at = skipBlanks(text, object + 1);
  while (text[at] !== '}') {
    const keyEnd = skipString(text, at);
    const key = String(JSON.parse(text.slice(at, keyEnd)));
    const colon = skipBlanks(text, keyEnd);
    if (text[colon] !== ':') throw new SyntaxError('no colon');
    const start = skipBlanks(text, colon + 1);
    const end = skipValue(text, start);
    yield [key, start, end];
    at = skipBlanks(text, end);
    if (text[at] === ',') at = skipBlanks(text, at + 1);
    else if (text[at] !== '}') throw new SyntaxError('no comma');
  }
}

function skipValue(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; ) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = skipString(text, at);
      if (depth === 0) return at;
      continue;
    }
    if (code === 0x7b || code === 0x5b) depth++;
    else if (code === 0x7d || code === 0x5d) {
      if (depth === 0) return at;
      if (--depth === 0) return at + 1;
    } else if (depth === 0 && code === 0x2c) return at;
    at++;
  }
  throw new SyntaxError('no end');
}

function skipString(text: string, start: number): number {
  if (text.charCodeAt(start) !== QUOTE) throw new SyntaxError('no string');
  for (let at = start + 1; ; at++) {
    at = text.indexOf('"', at);
    if (at < 0) throw new SyntaxError('no end of a string');
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return at + 1;
  }
}

function skipBlanks(text: string, at: number): number {
  let end = at;
  while (/[ \t\r\n]/.test(text.charAt(end))) end++;
  return end;
}
