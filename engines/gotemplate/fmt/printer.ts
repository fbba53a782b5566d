import type { Value } from '../value.ts';

/** The flags of one verb, as in Go's fmt. */
export interface Flags {
  /** undefined when none was given. */
  width: number | undefined;
  precision: number | undefined;
  minus: boolean;
  plus: boolean;
  sharp: boolean;
  space: boolean;
  zero: boolean;
  /** `%+v` and `%#v`, which are no flags of the values within. */
  plusV: boolean;
  sharpV: boolean;
}

/** What is being printed and where it goes. */
export interface Printer {
  out: string;
  flags: Flags;
  /** The operand that a bad verb is reported with; undefined where there is none. */
  operand: Value | undefined;
  /** While a bad verb is reported, methods are not called. */
  erroring: boolean;
}

export function noFlags(): Flags {
  return {
    width: undefined,
    precision: undefined,
    minus: false,
    plus: false,
    sharp: false,
    space: false,
    zero: false,
    plusV: false,
    sharpV: false,
  };
}

export function createPrinter(): Printer {
  return { out: '', flags: noFlags(), operand: undefined, erroring: false };
}

/** Writes text filled up to the width, counted in runes; zeros fill only from the left. */
export function writePadded(printer: Printer, text: string, zero = printer.flags.zero): void {
  const { width, minus } = printer.flags;
  const missing = width === undefined ? 0 : width - countRunes(text);
  if (missing <= 0) printer.out += text;
  else if (minus) printer.out += text + ' '.repeat(missing);
  else printer.out += (zero ? '0' : ' ').repeat(missing) + text;
}

export function countRunes(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
