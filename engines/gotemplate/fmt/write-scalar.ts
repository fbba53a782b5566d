import { GoNumber, GoString, type Value } from '../value.ts';
import { type Printer, writePadded } from './printer.ts';
import { writeComplex, writeFloat } from './write-float.ts';
import { writeInteger } from './write-integer.ts';
import { writeText } from './write-text.ts';

/** Writes a number, string or boolean: whether the verb suits it; undefined when the value is none of these. */
export function writeScalar(printer: Printer, value: Value, verb: string): boolean | undefined {
  if (typeof value === 'string') return writeText(printer, value, verb);
  if (typeof value === 'bigint') return writeInteger(printer, value, true, verb);
  if (typeof value === 'number') return writeFloat(printer, value, 64, verb);
  if (typeof value === 'boolean') return writeBoolean(printer, value, verb);
  if (value instanceof GoString) return writeText(printer, value.value, verb);
  return value instanceof GoNumber ? writeNumber(printer, value, verb) : undefined;
}

function writeBoolean(printer: Printer, value: boolean, verb: string): boolean {
  if (verb !== 't' && verb !== 'v') return false;
  writePadded(printer, String(value));
  return true;
}

function writeNumber(printer: Printer, number: GoNumber, verb: string): boolean {
  const { value, kind } = number;
  if (typeof value === 'bigint') return writeInteger(printer, value, kind.startsWith('i'), verb);
  if (typeof value === 'number') return writeFloat(printer, value, kind === 'float32' ? 32 : 64, verb);
  return writeComplex(printer, value, kind === 'complex64' ? 32 : 64, verb);
}
