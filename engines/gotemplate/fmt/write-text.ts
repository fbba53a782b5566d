import { decodeBytes, encodeString } from '../bytes.ts';
import { countRunes, type Printer, writePadded } from './printer.ts';
import { quoteString } from './quote.ts';

/** Writes a string for a verb; false when the verb does not suit strings. */
export function writeText(printer: Printer, text: string, verb: string): boolean {
  switch (verb) {
    case 'v':
      if (printer.flags.sharpV) writeQuoted(printer, text);
      else writePadded(printer, truncate(printer, text));
      return true;
    case 's':
      writePadded(printer, truncate(printer, text));
      return true;
    case 'x':
    case 'X':
      writeHex(printer, encodeString(text), verb === 'X');
      return true;
    case 'q':
      writeQuoted(printer, text);
      return true;
  }
  return false;
}

/** Writes bytes for the verbs that take them as text; false for the others. */
export function writeBytesAsText(printer: Printer, bytes: Uint8Array, verb: string): boolean {
  switch (verb) {
    case 's':
      writePadded(printer, truncate(printer, decodeBytes(bytes)));
      return true;
    case 'x':
    case 'X':
      writeHex(printer, bytes, verb === 'X');
      return true;
    case 'q':
      writeQuoted(printer, decodeBytes(bytes));
      return true;
  }
  return false;
}

/** The precision is the greatest number of runes. */
function truncate(printer: Printer, text: string): string {
  const { precision } = printer.flags;
  if (precision === undefined || text.length <= precision || countRunes(text) <= precision) return text;
  return Array.from(text).slice(0, precision).join('');
}

function writeQuoted(printer: Printer, text: string): void {
  const shown = truncate(printer, text);
  const { sharp, plus } = printer.flags;
  writePadded(printer, sharp && canBackquote(shown) ? `\`${shown}\`` : quoteString(shown, plus));
}

/** strconv.CanBackquote: one line without control characters, and valid UTF-8. */
function canBackquote(text: string): boolean {
  return !/[\0-\x08\n-\x1f`\x7f\ufeff]/.test(text) && !/(?<![\uD800-\uDBFF])[\uDC80-\uDCFF]/.test(text);
}

function writeHex(printer: Printer, bytes: Uint8Array, upper: boolean): void {
  const { precision, sharp, space } = printer.flags;
  const shown = precision === undefined ? bytes : bytes.subarray(0, precision);
  const prefix = sharp ? '0x' : '';
  const pairs = Array.from(shown, (byte) => byte.toString(16).padStart(2, '0'));
  const text = pairs.length === 0 ? '' : prefix + pairs.join(space ? ` ${prefix}` : '');
  writePadded(printer, upper ? text.toUpperCase() : text);
}
