import type { Complex } from '../value.ts';
import { type FloatFormat, formatFloat } from './float.ts';
import { type Printer, writePadded } from './printer.ts';

/** Writes a float for a verb; false when the verb does not suit floats. */
export function writeFloat(printer: Printer, value: number, bits: 32 | 64, verb: string): boolean {
  switch (verb) {
    case 'v':
      writeNumber(printer, value, bits, 'g', -1);
      return true;
    case 'b':
    case 'g':
    case 'G':
    case 'x':
    case 'X':
      writeNumber(printer, value, bits, verb, -1);
      return true;
    case 'e':
    case 'E':
    case 'f':
    case 'F':
      writeNumber(printer, value, bits, verb, 6);
      return true;
  }
  return false;
}

/** Writes (1+2i); false when the verb does not suit floats. */
export function writeComplex(printer: Printer, value: Complex, bits: 32 | 64, verb: string): boolean {
  if (!'vbgGxXfFeE'.includes(verb)) return false;
  const { plus } = printer.flags;
  printer.out += '(';
  writeFloat(printer, value.real, bits, verb);
  printer.flags.plus = true;
  writeFloat(printer, value.imag, bits, verb);
  printer.out += 'i)';
  printer.flags.plus = plus;
  return true;
}

function writeNumber(printer: Printer, value: number, bits: 32 | 64, verb: FloatFormat, usual: number): void {
  const { flags } = printer;
  const precision = flags.precision ?? usual;
  const text = formatFloat(value, verb, precision, bits);
  const signed = text.startsWith('-') || text.startsWith('+');
  const sign = text.startsWith('-') ? '-' : flags.plus ? '+' : flags.space ? ' ' : '';
  let digits = signed ? text.slice(1) : text;
  if (!Number.isFinite(value)) {
    const infinite = digits === 'Inf' && sign === '' && text.startsWith('+') ? '+' : sign;
    writePadded(printer, infinite + digits, false);
    return;
  }
  if (flags.sharp && verb !== 'b') digits = withPoint(digits, verb, precision);
  const width = flags.width ?? 0;
  if (sign !== '' && flags.zero && !flags.minus && width > digits.length + 1) {
    printer.out += sign + digits.padStart(width - 1, '0');
    return;
  }
  writePadded(printer, sign + digits);
}

/** The sharp flag: always a decimal point, and for `g` the zeros up to the precision (6 when none is given). */
function withPoint(digits: string, verb: FloatFormat, precision: number): string {
  const isHex = verb === 'x' || verb === 'X';
  const tailAt = digits.search(isHex ? /[pP]/ : /[eEpP]/);
  let number = tailAt < 0 ? digits : digits.slice(0, tailAt);
  const tail = tailAt < 0 ? '' : digits.slice(tailAt);
  let missing = 0;
  if (verb === 'g' || verb === 'G' || verb === 'x') {
    const significant = number.replace('.', '').replace(/^0+/, '');
    missing = (precision === -1 ? 6 : precision) - significant.length;
  }
  if (!number.includes('.')) {
    if (number === '0') missing--;
    number += '.';
  }
  return number + '0'.repeat(Math.max(missing, 0)) + tail;
}
