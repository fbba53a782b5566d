import { encodeString } from '@croft/gotemplate/bytes';

/** How the time package quotes: bytes that are no printable ASCII as \xNN. */
export function quoteText(text: string): string {
  const shown = Array.from(encodeString(text), (byte) => {
    if (byte === 0x22 || byte === 0x5c) return `\\${String.fromCharCode(byte)}`;
    return byte >= 0x80 || byte < 0x20 ? `\\x${byte.toString(16).padStart(2, '0')}` : String.fromCharCode(byte);
  });
  return `"${shown.join('')}"`;
}
