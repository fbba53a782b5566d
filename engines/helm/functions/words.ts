/** Words within names, as huandu/xstrings tells them apart for snake and kebab case. */

import { lowerChar, upperChar } from './letter-case.ts';

type WordKind = 'invalid' | 'number' | 'upper' | 'alphabet' | 'connector' | 'punctuation' | 'other';

interface Word {
  kind: WordKind;
  chars: string[];
  rest: string[];
}

const space = /^[\t-\r \x85\p{Z}]$/u;
const upper = /^\p{Lu}$/u;
const punctuation = /^\p{P}$/u;
const number = /^\p{N}$/u;

function isConnector(char: string): boolean {
  return char === '-' || char === '_' || space.test(char);
}

/** Letters as xstrings counts them: Chinese characters are none. */
function isAlphabet(char: string): boolean {
  return /^\p{L}$/u.test(char) && !/^[\u3400-\u4d85\u4e00-\u9fcc\u{20000}-\u{2b81d}]$/u.test(char);
}

function takeWhile(chars: string[], kind: WordKind, from: number, fits: (char: string) => boolean): Word {
  let end = from;
  while (end < chars.length && fits(chars[end] as string)) end++;
  return { kind, chars: chars.slice(0, end), rest: chars.slice(end) };
}

function nextWord(chars: string[]): Word {
  const first = chars[0];
  if (first === undefined) return { kind: 'invalid', chars: [], rest: [] };
  if (isConnector(first)) return takeWhile(chars, 'connector', 1, isConnector);
  if (punctuation.test(first)) return takeWhile(chars, 'punctuation', 1, (char) => punctuation.test(char));
  if (upper.test(first)) return nextUpperWord(chars);
  if (isAlphabet(first)) return takeWhile(chars, 'alphabet', 1, isLowerLetter);
  if (number.test(first)) return takeWhile(chars, 'number', 1, (char) => number.test(char));
  const isOther = (char: string) =>
    !(isConnector(char) || isAlphabet(char) || number.test(char) || punctuation.test(char));
  return takeWhile(chars, 'other', 1, isOther);
}

function isLowerLetter(char: string): boolean {
  return isAlphabet(char) && !upper.test(char);
}

/** `HTTPServer`: the last capital belongs to the next word. */
function nextUpperWord(chars: string[]): Word {
  const second = chars[1];
  if (second === undefined) return { kind: 'upper', chars, rest: [] };
  if (upper.test(second)) {
    const run = takeWhile(chars, 'upper', 2, (char) => upper.test(char));
    const next = run.rest[0];
    if (next === undefined || !isAlphabet(next)) return run;
    const length = run.chars.length - 1;
    return { kind: 'upper', chars: chars.slice(0, length), rest: chars.slice(length) };
  }
  return takeWhile(chars, 'upper', isAlphabet(second) ? 2 : 1, (char) => isAlphabet(second) && isLowerLetter(char));
}

function lower(word: Word, connector: string): string {
  if (word.kind !== 'upper' && word.kind !== 'connector') return word.chars.join('');
  return word.chars.map((char) => (isConnector(char) ? connector : upper.test(char) ? lowerChar(char) : char)).join('');
}

const joins = (kind: WordKind) => kind === 'alphabet' || kind === 'number';
const breaks = (kind: WordKind) => kind === 'connector' || kind === 'punctuation';

/** `FirstName` to `first_name`, with any connector. */
export function toConnectedCase(text: string, connector: string): string {
  if (text === '') return '';
  let out = '';
  let word = nextWord(Array.from(text));
  const takeJoined = () => {
    while (joins(word.kind)) {
      out += lower(word, connector);
      word = nextWord(word.rest);
    }
    if (word.kind !== 'invalid' && !breaks(word.kind)) out += connector;
  };
  while (word.rest.length > 0) {
    const previous = word;
    if (previous.kind !== 'connector') out += lower(previous, connector);
    word = nextWord(previous.rest);
    if (previous.kind === 'number') takeJoined();
    else if (previous.kind === 'connector') out += lower(previous, connector);
    else if (previous.kind !== 'punctuation') {
      if (word.kind !== 'number') {
        if (!breaks(word.kind)) out += connector;
        continue;
      }
      if (word.rest.length === 0) continue;
      const digits = word;
      word = nextWord(word.rest);
      if (word.kind !== 'alphabet') {
        out += lower(digits, connector);
        if (!breaks(word.kind)) out += connector;
        continue;
      }
      out += connector + lower(digits, connector);
      takeJoined();
    }
  }
  return out + lower(word, connector);
}

/** `first_name` and `FIRST_NAME` to `FirstName`; connectors at the ends stay. */
export function toPascalCase(text: string): string {
  const chars = Array.from(text);
  let out = '';
  let i = 0;
  while (i < chars.length && isConnector(chars[i] as string)) out += chars[i++];
  if (i === chars.length) return out + (chars.at(-1) ?? '');
  let wasUpper = upper.test(chars[i] as string);
  let current = upperChar(chars[i++] as string);
  for (; i < chars.length; i++) {
    const previous = current;
    current = chars[i] as string;
    if (isConnector(current) && isConnector(previous)) {
      out += previous;
    } else if (isConnector(previous)) {
      wasUpper = upper.test(current);
      current = upperChar(current);
    } else {
      if (wasUpper && upper.test(current)) current = lowerChar(current);
      else wasUpper = false;
      out += previous;
    }
  }
  return out + current;
}
