/** Decimal digits of a float: 0.DIGITS * 10^point. Digits have no leading zeros; zero has none at all. */
export interface Decimal {
  readonly digits: string;
  readonly point: number;
}

const view = new DataView(new ArrayBuffer(8));

/** |value| = mantissa * 2^exponent; finite values only. */
export function splitFloat(value: number): { mantissa: bigint; exponent: number } {
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  if (biased === 0) return { mantissa: fraction, exponent: -1074 };
  return { mantissa: fraction | 0x10000000000000n, exponent: biased - 1075 };
}

/** The fewest digits that read back as the same number, of 64 or 32 bits. */
export function shortestDecimal(value: number, bits: 32 | 64): Decimal {
  if (value === 0) return { digits: '', point: 0 };
  if (bits === 64) return fromExponential(value.toExponential());
  for (let precision = 0; ; precision++) {
    const text = value.toExponential(precision);
    if (Math.fround(Number(text)) === value) return fromExponential(text);
  }
}

function fromExponential(text: string): Decimal {
  const split = text.indexOf('e');
  const digits = text.slice(0, split).replace('-', '').replace('.', '').replace(/0+$/, '');
  return { digits, point: Number(text.slice(split + 1)) + 1 };
}

/** All digits of the value: a binary fraction always has a finite decimal one. */
export function exactDecimal(value: number): Decimal {
  const { mantissa, exponent } = splitFloat(value);
  if (mantissa === 0n) return { digits: '', point: 0 };
  const scaled = exponent >= 0 ? mantissa << BigInt(exponent) : mantissa * 5n ** BigInt(-exponent);
  const text = scaled.toString();
  return { digits: text.replace(/0+$/, ''), point: text.length + Math.min(exponent, 0) };
}

/** Rounds to so many digits, half to even. */
export function roundDecimal(decimal: Decimal, count: number): Decimal {
  const { digits, point } = decimal;
  if (count >= digits.length) return decimal;
  if (count < 0) return { digits: '', point: 0 };
  const kept = digits.slice(0, count);
  const rest = digits.slice(count);
  const half = rest[0] === '5' && rest.length === 1;
  const odd = count > 0 && Number(digits[count - 1]) % 2 === 1;
  const up = half ? odd : (rest[0] ?? '0') >= '5';
  if (!up) return trim(kept, point);
  const raised = (BigInt(kept === '' ? '0' : kept) + 1n).toString();
  return trim(raised, point + raised.length - kept.length);
}

function trim(digits: string, point: number): Decimal {
  const trimmed = digits.replace(/0+$/, '');
  return { digits: trimmed, point: trimmed === '' ? 0 : point };
}
