import type { Flags, Printer } from './printer.ts';
import { writeHexAddress, writeInteger } from './write-integer.ts';
import { writeBytesAsText } from './write-text.ts';

/** Writes bytes as text or as a list of numbers; false for verbs that take them like any slice. */
export function writeBytes(printer: Printer, bytes: Uint8Array, verb: string, depth: number): boolean {
  if (verb !== 'v' && verb !== 'd') return writeBytesAsText(printer, bytes, verb);
  if (isPlain(printer.flags)) {
    printer.out += `[${bytes.join(' ')}]`;
    return true;
  }
  const { sharpV } = printer.flags;
  printer.out += sharpV ? `${depth === 0 ? '[]byte' : '[]uint8'}{` : '[';
  bytes.forEach((byte, i) => {
    if (i > 0) printer.out += sharpV ? ', ' : ' ';
    if (sharpV) writeHexAddress(printer, BigInt(byte), true);
    else writeInteger(printer, BigInt(byte), false, 'd');
  });
  printer.out += sharpV ? '}' : ']';
  return true;
}

/** Whether every byte is just its digits. Charts print whole files by mistake, so this is worth being quick about. */
function isPlain({ width, precision, plus, space, sharpV }: Flags): boolean {
  return width === undefined && precision === undefined && !plus && !space && !sharpV;
}
