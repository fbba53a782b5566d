import { isBlankOrEnd, isWord } from './chars.ts';
import { scannerError } from './error.ts';
import type { YamlScanner } from './scanner.ts';
import { T, type Token, token } from './tokens.ts';

/** Scans `!tag`, `!!tag`, `!handle!tag` and `!<uri>`; value is the handle, suffix the rest. */
export function scanTag(scanner: YamlScanner): Token {
  const start = scanner.line;
  let handle = '';
  let suffix = '';
  if (scanner.code(1) === 60) {
    scanner.position += 2;
    suffix = scanTagUri(scanner, '');
    if (scanner.code() !== 62) throw scannerError(scanner.line, "did not find the expected '>'");
    scanner.position++;
  } else {
    handle = scanTagHandle(scanner, false);
    if (handle.length > 1 && handle.endsWith('!')) {
      suffix = scanTagUri(scanner, '');
    } else {
      suffix = scanTagUri(scanner, handle);
      handle = '!';
      if (suffix === '') [handle, suffix] = [suffix, handle];
    }
  }
  if (!isBlankOrEnd(scanner.code())) throw scannerError(scanner.line, 'did not find expected whitespace or line break');
  return token(T.tag, start, handle, suffix);
}

export function scanTagHandle(scanner: YamlScanner, directive: boolean): string {
  if (scanner.code() !== 33) throw scannerError(scanner.line, "did not find expected '!'");
  const from = scanner.position++;
  while (isWord(scanner.code())) scanner.position++;
  if (scanner.code() === 33) scanner.position++;
  else if (directive && scanner.position > from + 1) throw scannerError(scanner.line, "did not find expected '!'");
  return scanner.text.slice(from, scanner.position);
}

/** The URI that follows; `head` is a handle that turned out to be its beginning. */
export function scanTagUri(scanner: YamlScanner, head: string): string {
  const from = scanner.position;
  while (isWord(scanner.code()) || isUriMark(scanner.text.charAt(scanner.position))) scanner.position++;
  const text = scanner.text.slice(from, scanner.position);
  if (head === '' && text === '') throw scannerError(scanner.line, 'did not find expected tag URI');
  if (/%(?![0-9a-fA-F]{2})/.test(text)) throw scannerError(scanner.line, 'did not find URI escaped octet');
  try {
    return head.slice(1) + (text.includes('%') ? decodeURIComponent(text) : text);
  } catch {
    throw scannerError(scanner.line, 'found an incorrect leading UTF-8 octet');
  }
}

function isUriMark(char: string): boolean {
  return char !== '' && ";/?:@&=+$,.!~*'()[]%".includes(char);
}
