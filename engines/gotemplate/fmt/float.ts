import { type Decimal, exactDecimal, roundDecimal, shortestDecimal, splitFloat } from './decimal.ts';

export type FloatFormat = 'b' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'x' | 'X';

/** strconv.FormatFloat. A precision of -1 gives the fewest digits that read back as the same number. */
export function formatFloat(value: number, format: FloatFormat, precision: number, bits: 32 | 64 = 64): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  if (format === 'b') return sign + formatBinary(value, bits);
  if (format === 'x' || format === 'X') {
    const hex = sign + formatHex(value, precision);
    return format === 'X' ? hex.toUpperCase() : hex;
  }
  const text = sign + formatDecimal(value, format.toLowerCase(), precision, bits);
  return format === 'E' || format === 'G' ? text.toUpperCase() : text;
}

function formatDecimal(value: number, format: string, precision: number, bits: 32 | 64): string {
  const shortest = precision < 0;
  if (format === 'e') {
    const decimal = shortest ? shortestDecimal(value, bits) : roundDecimal(exactDecimal(value), precision + 1);
    return formatE(decimal, shortest ? Math.max(decimal.digits.length - 1, 0) : precision);
  }
  if (format === 'f') {
    if (shortest) {
      const decimal = shortestDecimal(value, bits);
      return formatF(decimal, Math.max(decimal.digits.length - decimal.point, 0));
    }
    const exact = exactDecimal(value);
    return formatF(roundDecimal(exact, exact.point + precision), precision);
  }
  return formatG(value, precision, bits);
}

/** 'e' when the exponent is below -4 or not below the precision (6 for the shortest), else 'f'. */
function formatG(value: number, precision: number, bits: 32 | 64): string {
  const shortest = precision < 0;
  const wanted = precision === 0 ? 1 : precision;
  const decimal = shortest ? shortestDecimal(value, bits) : roundDecimal(exactDecimal(value), wanted);
  const count = decimal.digits.length;
  const limit = shortest ? 6 : wanted > count && count >= decimal.point ? count : wanted;
  const exponent = decimal.point - 1;
  if (exponent < -4 || exponent >= limit) {
    return formatE(decimal, Math.max(count - 1, 0));
  }
  return formatF(decimal, Math.max(count - decimal.point, 0));
}

function formatE({ digits, point }: Decimal, precision: number): string {
  const exponent = digits === '' ? 0 : point - 1;
  const fraction = digits.slice(1, precision + 1).padEnd(precision, '0');
  return `${digits[0] ?? '0'}${precision > 0 ? `.${fraction}` : ''}e${formatExponent(exponent)}`;
}

function formatF({ digits, point }: Decimal, precision: number): string {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0';
  if (precision <= 0) return whole;
  const zeros = '0'.repeat(Math.min(Math.max(-point, 0), precision));
  return `${whole}.${(zeros + digits.slice(Math.max(point, 0))).slice(0, precision).padEnd(precision, '0')}`;
}

function formatExponent(exponent: number): string {
  return `${exponent < 0 ? '-' : '+'}${Math.abs(exponent).toString().padStart(2, '0')}`;
}

function formatBinary(value: number, bits: 32 | 64): string {
  const { mantissa, exponent } = splitFloat(value);
  const shift = bits === 32 ? 29 : 0;
  const power = exponent + shift;
  return `${mantissa >> BigInt(shift)}p${power >= 0 ? '+' : ''}${power}`;
}

/** 0x1.8p+01: the leading digit is 1, or 0 for zero. */
function formatHex(value: number, precision: number): string {
  const parts = splitFloat(value);
  let mantissa = parts.mantissa;
  let exponent = mantissa === 0n ? 0 : parts.exponent + 60;
  while (mantissa !== 0n && mantissa >> 60n === 0n) {
    mantissa <<= 1n;
    exponent--;
  }
  if (precision >= 0 && precision < 15) {
    const dropped = BigInt(60 - precision * 4);
    const extra = mantissa & ((1n << dropped) - 1n);
    mantissa >>= dropped;
    const half = 1n << (dropped - 1n);
    if (extra > half || (extra === half && (mantissa & 1n) === 1n)) mantissa++;
    mantissa <<= dropped;
    if (mantissa >> 61n === 1n) {
      mantissa >>= 1n;
      exponent++;
    }
  }
  const all = (mantissa & ((1n << 60n) - 1n)).toString(16).padStart(15, '0');
  const fraction = precision < 0 ? all.replace(/0+$/, '') : all.slice(0, precision).padEnd(precision, '0');
  return `0x${mantissa >> 60n}${fraction === '' ? '' : `.${fraction}`}p${formatExponent(exponent)}`;
}
