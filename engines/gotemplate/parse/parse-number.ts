import { quoteString } from '../fmt/quote.ts';
import type { NumberNode } from './node.ts';
import { unquoteCharacter } from './unquote.ts';

type NumberValues = Omit<NumberNode, 'kind' | 'at' | 'text'>;

const none: NumberValues = { int: undefined, uint: undefined, float: undefined, complex: undefined };
const maxInt = 2n ** 63n;
const maxUint = 2n ** 64n;

/** A number constant with every type it fits, by the rules of text/template/parse; a text says why it is none. */
export function parseNumber(text: string, isComplex: boolean): NumberValues | string {
  if (text.startsWith("'")) return parseCharacter(text);
  if (isComplex) return parseComplex(text);
  if (text.endsWith('i')) {
    const imag = parseGoFloat(text.slice(0, -1));
    if (imag !== undefined) return { ...none, ...simplified(0, imag) };
  }
  const integer = parseGoInteger(text);
  if (integer !== undefined) {
    const int = integer >= -maxInt && integer < maxInt ? integer : undefined;
    const signed = text.startsWith('-') || text.startsWith('+');
    const uint = integer >= 0n && integer < maxUint && (!signed || integer === 0n) ? integer : undefined;
    if (int !== undefined || uint !== undefined) return { ...none, int, uint, float: Number(integer) };
  }
  const float = parseGoFloat(text);
  if (float === undefined) return `illegal number syntax: ${quoteString(text)}`;
  if (!/[.eEpP]/.test(text)) return `integer overflow: ${quoteString(text)}`;
  return { ...none, float, ...integersOf(float) };
}

function parseCharacter(text: string): NumberValues | string {
  const code = unquoteCharacter(text);
  if (code === undefined) return 'invalid syntax';
  if (code === null) return `malformed character constant: ${text}`;
  return { ...none, int: BigInt(code), uint: BigInt(code), float: code };
}

function parseComplex(text: string): NumberValues | string {
  const split = text.slice(1).search(/(?<![eEpP])[+-]/) + 1;
  const real = parseGoFloat(text.slice(0, split));
  const imag = parseGoFloat(text.slice(split, -1));
  if (real === undefined || imag === undefined) return 'syntax error scanning complex number';
  return { ...none, ...simplified(real, imag) };
}

/** A complex number without imaginary part also counts as a float, and as an integer when it is one. */
function simplified(real: number, imag: number): Partial<NumberValues> {
  const complex = { real, imag };
  return imag === 0 ? { complex, float: real, ...integersOf(real) } : { complex };
}

function integersOf(float: number): { int: bigint | undefined; uint: bigint | undefined } {
  if (!Number.isInteger(float)) return { int: undefined, uint: undefined };
  const integer = BigInt(float);
  return {
    int: integer >= -maxInt && integer < maxInt ? integer : undefined,
    uint: integer >= 0n && integer < maxUint ? integer : undefined,
  };
}

const integerSyntax =
  /^[+-]?(?:0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|0(?:_?[0-7])*|[1-9](?:_?[0-9])*)$/;

/** strconv.ParseInt with base 0, of any size. */
export function parseGoInteger(text: string): bigint | undefined {
  if (!integerSyntax.test(text)) return undefined;
  const negative = text.startsWith('-');
  let digits = text.replace(/^[+-]/, '').replaceAll('_', '').toLowerCase();
  if (/^0[0-7]/.test(digits)) digits = `0o${digits.slice(1)}`;
  const value = BigInt(digits);
  return negative ? -value : value;
}

const decimalSyntax =
  /^[+-]?(?:[0-9](?:_?[0-9])*\.?(?:[0-9](?:_?[0-9])*)?|\.[0-9](?:_?[0-9])*)(?:[eE][+-]?[0-9](?:_?[0-9])*)?$/;
const hexSyntax = /^([+-]?)0[xX]_?([0-9a-fA-F_]*)(?:\.([0-9a-fA-F_]*))?[pP]([+-]?[0-9_]+)$/;

/** strconv.ParseFloat for finite numbers; undefined for bad syntax and for numbers out of range. */
export function parseGoFloat(text: string): number | undefined {
  const hex = hexSyntax.exec(text);
  const value = hex === null ? parseDecimal(text) : parseHex(hex);
  return value === undefined || !Number.isFinite(value) ? undefined : value;
}

function parseDecimal(text: string): number | undefined {
  return decimalSyntax.test(text) ? Number(text.replaceAll('_', '')) : undefined;
}

function parseHex(parts: RegExpExecArray): number | undefined {
  const [, sign, whole = '', fraction = '', exponent = ''] = parts.map((part) => part?.replaceAll('_', ''));
  if (whole + fraction === '') return undefined;
  const mantissa = Number(BigInt(`0x${whole}${fraction}`));
  return (sign === '-' ? -1 : 1) * mantissa * 2 ** (Number(exponent) - 4 * fraction.length);
}
