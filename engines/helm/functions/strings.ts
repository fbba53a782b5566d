import { byteLength, encodeString, normalizeString, sliceBytes } from '@croft/gotemplate/bytes';
import { quoteString } from '@croft/gotemplate/fmt/quote';
import { display } from '@croft/gotemplate/fmt/sprint';
import { goFunction, variadicFunction } from '@croft/gotemplate/functions';
import { ANY, INT, STRING, STRING_MAP } from '@croft/gotemplate/type';
import { GoMap, type Value } from '@croft/gotemplate/value';
import { stringSlice, toText } from './cast.ts';
import type { FunctionGroup } from './group.ts';
import { lowerChar, titleChar, upperChar } from './letter-case.ts';
import { toConnectedCase, toPascalCase } from './words.ts';
import { abbreviate, wrapText } from './wrap.ts';

const space = /[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/u;

/** strings.TrimSpace, whose spaces are Go's. An expression for the end would look at every space of a long text. */
export function trimSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isSpaceAt(text, start)) start++;
  while (end > start && isSpaceAt(text, end - 1)) end--;
  return text.slice(start, end);
}

function isSpaceAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code < 0x80 ? code === 32 || (code >= 9 && code <= 13) : space.test(text.charAt(at));
}

/** strings.Trim: any of these characters at both ends. */
function trimAll(cut: string, text: string): string {
  const set = new Set(cut);
  const chars = Array.from(text);
  let start = 0;
  let end = chars.length;
  while (start < end && set.has(chars[start] as string)) start++;
  while (end > start && set.has(chars[end - 1] as string)) end--;
  return chars.slice(start, end).join('');
}

function indent(count: bigint, text: string): string {
  if (count < 0n) throw new Error('strings: negative Repeat count');
  const pad = ' '.repeat(Number(count));
  return pad + text.replaceAll('\n', `\n${pad}`);
}

/** strings.Replace of everything; an empty `old` stands between all characters. */
function replaceAll(old: string, replacement: string, text: string): string {
  if (old === '') return replacement + Array.from(text, (char) => char + replacement).join('');
  return text.split(old).join(replacement);
}

function truncate(count: bigint, text: string): string {
  const length = byteLength(text);
  const size = Number(count);
  if (size < 0 && length + size > 0) return sliceBytes(text, length + size, length);
  return size >= 0 && length > size ? sliceBytes(text, 0, size) : text;
}

function substring(start: bigint, end: bigint, text: string): string {
  const length = byteLength(text);
  if (start < 0n) return checkedSlice(text, 0, Number(end), length);
  if (end < 0n || end > BigInt(length)) return checkedSlice(text, Number(start), length, length);
  return checkedSlice(text, Number(start), Number(end), length);
}

function checkedSlice(text: string, start: number, end: number, length: number): string {
  if (end < 0) throw new Error(`runtime error: slice bounds out of range [:${end}]`);
  if (end > length) throw new Error(`runtime error: slice bounds out of range [:${end}] with length ${length}`);
  if (start > end) throw new Error(`runtime error: slice bounds out of range [${start}:${end}]`);
  return sliceBytes(text, start, end);
}

/** strings.Split: an empty separator splits into characters. */
function split(separator: string, text: string, limit = -1): string[] {
  if (limit === 0) return [];
  const parts = separator === '' ? Array.from(text) : text.split(separator);
  if (limit < 0 || parts.length <= limit) return parts;
  return [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(separator)];
}

function numbered(parts: readonly string[]): GoMap {
  return new GoMap(STRING_MAP, new Map<string, Value>(parts.map((part, i) => [`_${i}`, part])));
}

/** strings.Title: the first letter of each word, where words end at anything but letters, digits and underscores. */
function title(text: string): string {
  let inWord = false;
  return Array.from(text, (char) => {
    const starts = !inWord;
    inWord = !isSeparator(char);
    return starts ? titleChar(char) : char;
  }).join('');
}

function isSeparator(char: string): boolean {
  if (char < '\x80') return !/[A-Za-z0-9_]/.test(char);
  return !/[\p{L}\p{Nd}]/u.test(char) && space.test(char);
}

/** strings.ToUpper and ToLower: character by character. */
function mapCase(text: string, ascii: (text: string) => string, convert: (char: string) => string): string {
  return /[^\0-\x7f]/.test(text) ? Array.from(text, convert).join('') : ascii(text);
}

function untitle(text: string): string {
  let next = true;
  return Array.from(text, (char) => {
    if (space.test(char)) {
      next = true;
      return char;
    }
    const out = next ? lowerChar(char) : char;
    next = false;
    return out;
  }).join('');
}

/** goutils take bytes for characters here. */
function byteChars(text: string): string[] {
  return Array.from(encodeString(text), (byte) => String.fromCharCode(byte));
}

function initials(text: string): string {
  let gap = true;
  let out = '';
  for (const char of byteChars(text)) {
    if (space.test(char)) gap = true;
    else if (gap) {
      out += char;
      gap = false;
    }
  }
  return out;
}

function swapCase(text: string): string {
  let starts = true;
  return Array.from(text, (char) => {
    if (/[\p{Lu}\p{Lt}]/u.test(char)) {
      starts = false;
      return lowerChar(char);
    }
    if (!/\p{Ll}/u.test(char)) {
      starts = space.test(char);
      return char;
    }
    const swapped = starts ? titleChar(char) : upperChar(char);
    starts = false;
    return swapped;
  }).join('');
}

function deleteSpace(text: string): string {
  const chars = byteChars(text);
  const kept = chars.filter((char) => !space.test(char));
  return kept.length === chars.length ? text : kept.join('');
}

function quote(...values: Value[]): string {
  return values
    .filter((value) => value !== null)
    .map((value) => quoteString(toText(value)))
    .join(' ');
}

function squote(...values: Value[]): string {
  return values
    .filter((value) => value !== null)
    .map((value) => `'${display(value)}'`)
    .join(' ');
}

const MAX_REPEAT = 64 * 1024 * 1024;

function repeat(count: bigint, text: string): string {
  if (count < 0n) throw new Error('strings: negative Repeat count');
  if (Number(count) * text.length > MAX_REPEAT) throw new Error('strings: Repeat output length overflow');
  return text.repeat(Number(count));
}

export const stringFunctions: FunctionGroup = {
  hello: goFunction([], () => 'Hello!'),
  abbrev: goFunction([INT, STRING], (width, text) => (width < 4n ? text : abbreviate(text, 0, Number(width)))),
  abbrevboth: goFunction([INT, INT, STRING], (left, right, text) =>
    right < 4n || (left > 0n && right < 7n) ? text : abbreviate(text, Number(left), Number(right)),
  ),
  trunc: goFunction([INT, STRING], truncate),
  trim: goFunction([STRING], trimSpace),
  upper: goFunction([STRING], (text) => mapCase(text, (part) => part.toUpperCase(), upperChar)),
  lower: goFunction([STRING], (text) => mapCase(text, (part) => part.toLowerCase(), lowerChar)),
  title: goFunction([STRING], title),
  untitle: goFunction([STRING], untitle),
  substr: goFunction([INT, INT, STRING], substring),
  repeat: goFunction([INT, STRING], repeat),
  trimall: goFunction([STRING, STRING], trimAll),
  trimAll: goFunction([STRING, STRING], trimAll),
  trimSuffix: goFunction([STRING, STRING], (suffix, text) =>
    suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text,
  ),
  trimPrefix: goFunction([STRING, STRING], (prefix, text) =>
    text.startsWith(prefix) ? text.slice(prefix.length) : text,
  ),
  nospace: goFunction([STRING], deleteSpace),
  initials: goFunction([STRING], initials),
  swapcase: goFunction([STRING], swapCase),
  snakecase: goFunction([STRING], (text) => toConnectedCase(text, '_')),
  kebabcase: goFunction([STRING], (text) => toConnectedCase(text, '-')),
  camelcase: goFunction([STRING], toPascalCase),
  wrap: goFunction([INT, STRING], (width, text) => wrapText(text, Number(width), '', false)),
  wrapWith: goFunction([INT, STRING, STRING], (width, separator, text) =>
    wrapText(text, Number(width), separator, true),
  ),
  contains: goFunction([STRING, STRING], (part, text) => text.includes(part)),
  hasPrefix: goFunction([STRING, STRING], (prefix, text) => text.startsWith(prefix)),
  hasSuffix: goFunction([STRING, STRING], (suffix, text) => text.endsWith(suffix)),
  quote: variadicFunction([], ANY, quote),
  squote: variadicFunction([], ANY, squote),
  cat: variadicFunction([], ANY, (...values) =>
    values
      .filter((value) => value !== null)
      .map(display)
      .join(' '),
  ),
  indent: goFunction([INT, STRING], indent),
  nindent: goFunction([INT, STRING], (count, text) => `\n${indent(count, text)}`),
  replace: goFunction([STRING, STRING, STRING], (old, replacement, text) =>
    normalizeString(replaceAll(old, replacement, text)),
  ),
  plural: goFunction([STRING, STRING, INT], (one, many, count) => (count === 1n ? one : many)),
  toString: goFunction([ANY], toText),
  split: goFunction([STRING, STRING], (separator, text) => numbered(split(separator, text))),
  splitn: goFunction([STRING, INT, STRING], (separator, count, text) =>
    numbered(split(separator, text, Number(count))),
  ),
  splitList: goFunction([STRING, STRING], (separator, text) => stringSlice(split(separator, text))),
};
