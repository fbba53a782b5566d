import { isBlankOrEnd, isWord } from './chars.ts';
import type { YamlCursor } from './cursor.ts';
import { scannerError } from './error.ts';
import { T, type Token, token } from './tokens.ts';

/** Scans `!tag`, `!!tag`, `!handle!tag` and `!<uri>`; value is the handle, suffix the rest. */
export function scanTag(cursor: YamlCursor): Token {
  const start = cursor.line;
  let handle = '';
  let suffix = '';
  if (cursor.code(1) === 60) {
    cursor.position += 2;
    suffix = scanTagUri(cursor, '');
    if (cursor.code() !== 62) throw scannerError(cursor.line, "did not find the expected '>'");
    cursor.position++;
  } else {
    handle = scanTagHandle(cursor, false);
    if (handle.length > 1 && handle.endsWith('!')) {
      suffix = scanTagUri(cursor, '');
    } else {
      suffix = scanTagUri(cursor, handle);
      handle = '!';
      if (suffix === '') [handle, suffix] = [suffix, handle];
    }
  }
  if (!isBlankOrEnd(cursor.code())) throw scannerError(cursor.line, 'did not find expected whitespace or line break');
  return token(T.tag, start, handle, suffix);
}

export function scanTagHandle(cursor: YamlCursor, directive: boolean): string {
  if (cursor.code() !== 33) throw scannerError(cursor.line, "did not find expected '!'");
  const from = cursor.position++;
  while (isWord(cursor.code())) cursor.position++;
  if (cursor.code() === 33) cursor.position++;
  else if (directive && cursor.position > from + 1) throw scannerError(cursor.line, "did not find expected '!'");
  return cursor.text.slice(from, cursor.position);
}

/** The URI that follows; `head` is a handle that turned out to be its beginning. */
export function scanTagUri(cursor: YamlCursor, head: string): string {
  const from = cursor.position;
  while (isWord(cursor.code()) || isUriMark(cursor.text.charAt(cursor.position))) cursor.position++;
  const text = cursor.text.slice(from, cursor.position);
  if (head === '' && text === '') throw scannerError(cursor.line, 'did not find expected tag URI');
  if (/%(?![0-9a-fA-F]{2})/.test(text)) throw scannerError(cursor.line, 'did not find URI escaped octet');
  try {
    return head.slice(1) + (text.includes('%') ? decodeURIComponent(text) : text);
  } catch {
    throw scannerError(cursor.line, 'found an incorrect leading UTF-8 octet');
  }
}

function isUriMark(char: string): boolean {
  return char !== '' && ";/?:@&=+$,.!~*'()[]%".includes(char);
}
