import { findType, GoNumber, type Value } from '../value.ts';
import { printOperand } from './print-value.ts';
import { createPrinter, noFlags, type Printer } from './printer.ts';

interface Format extends Printer {
  readonly format: string;
  readonly operands: readonly Value[];
  /** Where the format is read. */
  at: number;
  /** The operand that comes next. */
  next: number;
  /** An explicit index stood anywhere: left-over operands are then no mistake. */
  reordered: boolean;
  /** The index of the current verb is valid. */
  goodIndex: boolean;
  /** The last thing read was an index. */
  afterIndex: boolean;
}

/** Widths beyond this are not taken (Go's own limit). */
const maxWidth = 1e6;

/** fmt.Sprintf with all verbs, flags and its reports of mistakes. */
export function sprintf(format: string, operands: readonly Value[]): string {
  const state: Format = {
    ...createPrinter(),
    format,
    operands,
    at: 0,
    next: 0,
    reordered: false,
    goodIndex: true,
    afterIndex: false,
  };
  while (state.at < format.length) {
    const percent = format.indexOf('%', state.at);
    const end = percent < 0 ? format.length : percent;
    state.out += format.slice(state.at, end);
    state.at = end;
    if (percent >= 0) formatVerb(state);
  }
  if (!state.reordered && state.next < operands.length) reportExtra(state);
  return state.out;
}

function formatVerb(state: Format): void {
  state.at++;
  state.goodIndex = true;
  state.afterIndex = false;
  readFlags(state);
  readIndex(state);
  readWidth(state);
  if (state.format[state.at] === '.') readPrecision(state);
  if (!state.afterIndex) readIndex(state);
  const code = state.format.codePointAt(state.at);
  if (code === undefined) {
    state.out += '%!(NOVERB)';
    return;
  }
  const verb = String.fromCodePoint(code);
  state.at += verb.length;
  if (verb === '%') state.out += '%';
  else if (!state.goodIndex) state.out += `%!${verb}(BADINDEX)`;
  else if (state.next >= state.operands.length) state.out += `%!${verb}(MISSING)`;
  else formatOperand(state, verb);
}

function formatOperand(state: Format, verb: string): void {
  const { flags } = state;
  if (verb === 'v' || verb === 'w') {
    flags.sharpV = flags.sharp;
    flags.sharp = false;
    flags.plusV = flags.plus;
    flags.plus = false;
  }
  printOperand(state, state.operands[state.next] ?? null, verb);
  state.next++;
}

function readFlags(state: Format): void {
  state.flags = noFlags();
  for (; ; state.at++) {
    switch (state.format[state.at]) {
      case '#':
        state.flags.sharp = true;
        break;
      case '0':
        state.flags.zero = true;
        break;
      case '+':
        state.flags.plus = true;
        break;
      case '-':
        state.flags.minus = true;
        break;
      case ' ':
        state.flags.space = true;
        break;
      default:
        return;
    }
  }
}

/** `[n]`: the operand to take next. */
function readIndex(state: Format): void {
  state.afterIndex = false;
  if (state.format[state.at] !== '[') return;
  state.reordered = true;
  const close = state.format.indexOf(']', state.at + 1);
  const text = state.format.slice(state.at + 1, Math.max(close, 0));
  state.at = close < 0 ? state.at + 1 : close + 1;
  const isNumber = close >= 0 && /^\d+$/.test(text) && Number(text) <= maxWidth;
  const index = Number(text) - 1;
  state.afterIndex = isNumber;
  if (isNumber && index >= 0 && index < state.operands.length) state.next = index;
  else state.goodIndex = false;
}

function readWidth(state: Format): void {
  if (state.format[state.at] === '*') {
    state.at++;
    const width = takeInteger(state);
    if (width === undefined) state.out += '%!(BADWIDTH)';
    else state.flags.width = Math.abs(width);
    if (width !== undefined && width < 0) {
      state.flags.minus = true;
      state.flags.zero = false;
    }
    state.afterIndex = false;
    return;
  }
  state.flags.width = readNumber(state);
  if (state.afterIndex && state.flags.width !== undefined) state.goodIndex = false;
}

function readPrecision(state: Format): void {
  state.at++;
  if (state.afterIndex) state.goodIndex = false;
  readIndex(state);
  if (state.format[state.at] === '*') {
    state.at++;
    const precision = takeInteger(state);
    if (precision === undefined || precision < 0) state.out += '%!(BADPREC)';
    else state.flags.precision = precision;
    state.afterIndex = false;
    return;
  }
  state.flags.precision = readNumber(state) ?? 0;
}

function readNumber(state: Format): number | undefined {
  const start = state.at;
  while (/^[0-9]$/.test(state.format[state.at] ?? '')) state.at++;
  if (state.at === start) return undefined;
  const digits = state.format.slice(start, state.at);
  // Go looks before it takes a further digit, not after the last one.
  if (Number(digits.slice(0, -1)) <= maxWidth) return Number(digits);
  state.at = state.format.length;
  return undefined;
}

/** An operand as width or precision; undefined when it is no integer or too large. */
function takeInteger(state: Format): number | undefined {
  if (state.next >= state.operands.length) return undefined;
  const operand = state.operands[state.next++] ?? null;
  const value = operand instanceof GoNumber ? operand.value : operand;
  if (typeof value !== 'bigint') return undefined;
  const number = Number(value);
  return Math.abs(number) <= maxWidth ? number : undefined;
}

function reportExtra(state: Format): void {
  state.flags = noFlags();
  state.out += '%!(EXTRA ';
  state.operands.slice(state.next).forEach((operand, i) => {
    if (i > 0) state.out += ', ';
    const type = findType(operand);
    state.out += type === undefined ? '<nil>' : `${type.name}=`;
    if (type !== undefined) printOperand(state, operand, 'v');
  });
  state.out += ')';
}
