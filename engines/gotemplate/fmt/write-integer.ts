import { type Printer, writePadded } from './printer.ts';
import { isPrint, quoteRune } from './quote.ts';

/** Writes an integer for a verb; false when the verb does not suit integers. */
export function writeInteger(printer: Printer, value: bigint, signed: boolean, verb: string): boolean {
  switch (verb) {
    case 'v':
      if (printer.flags.sharpV && !signed) writeHexAddress(printer, value, true);
      else writeDigits(printer, value, 10, verb);
      return true;
    case 'd':
      writeDigits(printer, value, 10, verb);
      return true;
    case 'b':
      writeDigits(printer, value, 2, verb);
      return true;
    case 'o':
    case 'O':
      writeDigits(printer, value, 8, verb);
      return true;
    case 'x':
    case 'X':
      writeDigits(printer, value, 16, verb);
      return true;
    case 'c':
      writePadded(printer, String.fromCodePoint(toRune(value)));
      return true;
    case 'q':
      writePadded(printer, quoteRune(toRune(value), printer.flags.plus));
      return true;
    case 'U':
      writeUnicode(printer, BigInt.asUintN(64, value));
      return true;
  }
  return false;
}

/** Writes as hexadecimal, with or without its 0x whatever the flags say. */
export function writeHexAddress(printer: Printer, value: bigint, prefix: boolean): void {
  const { sharp } = printer.flags;
  printer.flags.sharp = prefix;
  writeDigits(printer, value, 16, 'v');
  printer.flags.sharp = sharp;
}

/** Zeros fill up to the precision, or to the width when zeros pad; a precision of 0 prints nothing of 0. */
function writeDigits(printer: Printer, value: bigint, base: 2 | 8 | 10 | 16, verb: string): void {
  const { flags } = printer;
  const negative = value < 0n;
  const magnitude = negative ? -value : value;
  let count = flags.precision ?? 0;
  if (flags.precision === 0 && magnitude === 0n) {
    writePadded(printer, '', false);
    return;
  }
  const sign = negative ? '-' : flags.plus ? '+' : flags.space ? ' ' : '';
  if (flags.precision === undefined && flags.zero && !flags.minus) count = (flags.width ?? 0) - sign.length;
  let digits = magnitude.toString(base).padStart(count, '0');
  if (verb === 'X') digits = digits.toUpperCase();
  if (flags.sharp && base === 2) digits = `0b${digits}`;
  if (flags.sharp && base === 8 && !digits.startsWith('0')) digits = `0${digits}`;
  if (flags.sharp && base === 16) digits = `0${verb === 'X' ? 'X' : 'x'}${digits}`;
  if (verb === 'O') digits = `0o${digits}`;
  writePadded(printer, sign + digits, false);
}

function toRune(value: bigint): number {
  if (value < 0n || value > 0x10ffffn) return 0xfffd;
  const code = Number(value);
  return code >= 0xd800 && code <= 0xdfff ? 0xfffd : code;
}

function writeUnicode(printer: Printer, value: bigint): void {
  const { flags } = printer;
  const digits = value
    .toString(16)
    .toUpperCase()
    .padStart(Math.max(4, flags.precision ?? 0), '0');
  const code = value <= 0x10ffffn ? Number(value) : -1;
  const shown = flags.sharp && code >= 0 && isPrint(code) ? ` '${String.fromCodePoint(code)}'` : '';
  writePadded(printer, `U+${digits}${shown}`, false);
}
