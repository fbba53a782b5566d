/** Decimal arithmetic on floats as shopspring/decimal does it: 0.1 + 0.2 is 0.3. */

/** value * 10^exponent */
interface Decimal {
  value: bigint;
  exponent: number;
}

/** Digits after the point that a division keeps. */
const DIVISION_PRECISION = 16;

function fromFloat(value: number): Decimal {
  if (!Number.isFinite(value)) {
    const name = Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
    throw new Error(`Cannot create a Decimal from ${name}`);
  }
  const [mantissa = '0', power = '0'] = value.toExponential().split('e');
  const digits = mantissa.replace('.', '');
  const fraction = mantissa.includes('.') ? mantissa.length - mantissa.indexOf('.') - 1 : 0;
  return { value: BigInt(digits), exponent: Number(power) - fraction };
}

function toFloat({ value, exponent }: Decimal): number {
  return Number(`${value}e${exponent}`);
}

function align(a: Decimal, b: Decimal): [bigint, bigint, number] {
  const exponent = Math.min(a.exponent, b.exponent);
  return [a.value * 10n ** BigInt(a.exponent - exponent), b.value * 10n ** BigInt(b.exponent - exponent), exponent];
}

function fold(first: number, rest: readonly number[], combine: (a: Decimal, b: Decimal) => Decimal): number {
  return toFloat(rest.map(fromFloat).reduce(combine, fromFloat(first)));
}

export function addDecimal(first: number, rest: readonly number[]): number {
  return fold(first, rest, (a, b) => {
    const [x, y, exponent] = align(a, b);
    return { value: x + y, exponent };
  });
}

export function subtractDecimal(first: number, rest: readonly number[]): number {
  return fold(first, rest, (a, b) => {
    const [x, y, exponent] = align(a, b);
    return { value: x - y, exponent };
  });
}

export function multiplyDecimal(first: number, rest: readonly number[]): number {
  return fold(first, rest, (a, b) => ({ value: a.value * b.value, exponent: a.exponent + b.exponent }));
}

export function divideDecimal(first: number, rest: readonly number[]): number {
  return fold(first, rest, divide);
}

/** Rounded half away from zero to the kept digits. */
function divide(a: Decimal, b: Decimal): Decimal {
  if (b.value === 0n) throw new Error('decimal division by 0');
  const shift = a.exponent - b.exponent + DIVISION_PRECISION;
  const dividend = shift >= 0 ? a.value * 10n ** BigInt(shift) : a.value;
  const divisor = shift >= 0 ? b.value : b.value * 10n ** BigInt(-shift);
  const quotient = dividend / divisor;
  const rest = dividend % divisor;
  const twice = (rest < 0n ? -rest : rest) * 2n;
  const up = twice >= (divisor < 0n ? -divisor : divisor);
  const negative = dividend < 0n !== divisor < 0n;
  return { value: up ? quotient + (negative ? -1n : 1n) : quotient, exponent: -DIVISION_PRECISION };
}
