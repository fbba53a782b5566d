import { encodeString } from '../bytes.ts';
import { findDisplayText } from '../fmt/methods.ts';
import { isPrint } from '../fmt/quote.ts';
import { sprint } from '../fmt/sprint.ts';
import { GoPointer, type Value } from '../value.ts';

/** The arguments as print would show them, pointers by what they point to. */
function textOf(values: readonly Value[]): string {
  const [only] = values;
  if (values.length === 1 && typeof only === 'string') return only;
  return sprint(
    values.map((value) => {
      if (value === null) return '<no value>';
      return value instanceof GoPointer && findDisplayText(value) === undefined ? value.target : value;
    }),
  );
}

const htmlEscapes: Readonly<Record<string, string>> = {
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '\0': '\ufffd',
};

/** html */
export function escapeHtml(...values: Value[]): string {
  return textOf(values).replace(/["'&<>\0]/g, (char) => htmlEscapes[char] ?? char);
}

const scriptEscapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '<': '\\u003C',
  '>': '\\u003E',
  '&': '\\u0026',
  '=': '\\u003D',
};

/** js */
export function escapeScript(...values: Value[]): string {
  return textOf(values).replace(/[\\'"<>&=\0-\x1f]|[^\0-\x7f]/gu, (char) => {
    const code = char.codePointAt(0) ?? 0;
    const known = scriptEscapes[char];
    if (known !== undefined || (code >= 0x80 && isPrint(code))) return known ?? char;
    return `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`;
  });
}

/** urlquery */
export function escapeQuery(...values: Value[]): string {
  let out = '';
  for (const byte of encodeString(textOf(values))) {
    const char = String.fromCharCode(byte);
    if (/[A-Za-z0-9_.~-]/.test(char)) out += char;
    else out += char === ' ' ? '+' : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}
