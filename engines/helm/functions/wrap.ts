import { byteLength, sliceBytes } from '@croft/gotemplate/bytes';

/** Masterminds/goutils' ways with text. They count bytes. */

/** Cuts to so many bytes and ends with dots; from `offset` on, dots stand before too. '' where that cannot be. */
export function abbreviate(text: string, offset: number, width: number): string {
  if (text === '' || width < 4) return '';
  const length = byteLength(text);
  if (length <= width) return text;
  let start = Math.min(offset, length);
  if (length - start < width - 3) start = length - (width - 3);
  if (start <= 4) return `${sliceBytes(text, 0, width - 3)}...`;
  if (width < 7) return '';
  if (start + width - 3 < length) return `...${abbreviate(sliceBytes(text, start, length), 0, width - 3)}`;
  return `...${sliceBytes(text, length - (width - 3), length)}`;
}

/** Breaks lines at spaces; longer words are broken too when `breakWords`. */
export function wrapText(text: string, width: number, newLine: string, breakWords: boolean): string {
  if (text === '') return '';
  const separator = newLine === '' ? '\n' : newLine;
  const length = byteLength(text);
  const limit = Math.max(width, 1);
  const bytes = Buffer.from(text);
  const cut = (from: number, to: number) => sliceBytes(text, from, to);
  let offset = 0;
  let out = '';
  while (length - offset > limit) {
    if (bytes[offset] === 32) {
      offset++;
      continue;
    }
    const space = bytes.lastIndexOf(32, offset + limit);
    if (space >= offset) {
      out += cut(offset, space) + separator;
      offset = space + 1;
    } else if (breakWords) {
      out += cut(offset, offset + limit) + separator;
      offset += limit;
    } else {
      const next = bytes.indexOf(32, offset + limit);
      if (next < 0) {
        out += cut(offset, length);
        offset = length;
      } else {
        out += cut(offset, next) + separator;
        offset = next + 1;
      }
    }
  }
  return out + cut(offset, length);
}
