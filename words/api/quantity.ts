// Quantities such as `500m`, `1.5Gi` or `1e3` (k8s.io/apimachinery api/resource): exact, as a whole number of
// thousand-millionths, which is the finest step that the canonical form knows (nano).

type Format = 'DecimalSI' | 'BinarySI' | 'DecimalExponent';

export interface Quantity {
  /** In 1/1,000,000,000. */
  readonly nano: bigint;
  readonly format: Format;
}

const nanoPerOne = 1_000_000_000n;

const decimalSuffixes: readonly [string, number][] = [
  ['n', -9],
  ['u', -6],
  ['m', -3],
  ['', 0],
  ['k', 3],
  ['M', 6],
  ['G', 9],
  ['T', 12],
  ['P', 15],
  ['E', 18],
];
const binarySuffixes: readonly [string, number][] = [
  ['Ki', 10],
  ['Mi', 20],
  ['Gi', 30],
  ['Ti', 40],
  ['Pi', 50],
  ['Ei', 60],
];

/** The message of a text that is no quantity. */
export const quantityFormatError =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

/** undefined when the text is no quantity. What is finer than nano is rounded up, away from zero. */
export function findQuantity(text: string): Quantity | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?([eE][-+]?\d+|[numkMGTPE]|[KMGTPE]i)?$/.exec(text);
  const [, sign, whole = '', fraction = '', suffix = ''] = match ?? [];
  if (match === null || (whole === '' && fraction === '')) return undefined;
  const scale = findScale(suffix);
  if (scale === undefined) return undefined;
  const digits = BigInt(`${whole}${fraction}` || '0');
  const power = scale.exponent10 - fraction.length + 9;
  const scaled = digits * scale.factor2;
  const magnitude = power >= 0 ? scaled * 10n ** BigInt(power) : divideUp(scaled, 10n ** BigInt(-power));
  return { nano: sign === '-' ? -magnitude : magnitude, format: scale.format };
}

interface Scale {
  readonly exponent10: number;
  readonly factor2: bigint;
  readonly format: Format;
}

function findScale(suffix: string): Scale | undefined {
  const binary = binarySuffixes.find(([name]) => name === suffix);
  if (binary !== undefined) return { exponent10: 0, factor2: 2n ** BigInt(binary[1]), format: 'BinarySI' };
  const decimal = decimalSuffixes.find(([name]) => name === suffix);
  if (decimal !== undefined) return { exponent10: decimal[1], factor2: 1n, format: 'DecimalSI' };
  const exponent = Number(suffix.slice(1));
  // Beyond this nothing fits the numbers that Kubernetes keeps; it also bounds the work for hostile input.
  if (!/^[eE]/.test(suffix) || Math.abs(exponent) > 1000) return undefined;
  return { exponent10: exponent, factor2: 1n, format: 'DecimalExponent' };
}

export function parseQuantity(text: string): Quantity {
  const quantity = findQuantity(text);
  if (quantity === undefined) throw new Error(`${quantityFormatError}: "${text}"`);
  return quantity;
}

/** The canonical text: the same notation, a whole number, the largest suffix that keeps it exact. */
export function formatQuantity({ nano, format }: Quantity): string {
  if (nano === 0n) return '0';
  const sign = nano < 0n ? '-' : '';
  const magnitude = nano < 0n ? -nano : nano;
  const binary = format === 'BinarySI' && magnitude >= 1024n * nanoPerOne && magnitude % nanoPerOne === 0n;
  if (binary) return sign + formatBinary(magnitude / nanoPerOne);
  return sign + formatDecimal(magnitude, format === 'DecimalExponent');
}

/** `0.5` becomes `500m`; undefined when the text is no quantity. */
export function canonicalQuantity(text: string): string | undefined {
  const quantity = findQuantity(text);
  return quantity === undefined ? undefined : formatQuantity(quantity);
}

/** Negative, zero or positive, as the first is less, equal or greater. */
export function compareQuantities(left: Quantity, right: Quantity): number {
  return left.nano < right.nano ? -1 : left.nano > right.nano ? 1 : 0;
}

/** As a floating-point number of units. */
export function quantityToNumber({ nano }: Quantity): number {
  return Number(nano / nanoPerOne) + Number(nano % nanoPerOne) / 1e9;
}

function formatBinary(units: bigint): string {
  let power = 0;
  let rest = units;
  while (rest % 1024n === 0n && power < binarySuffixes.length) {
    rest /= 1024n;
    power++;
  }
  return `${rest}${binarySuffixes[power - 1]?.[0] ?? ''}`;
}

function formatDecimal(nano: bigint, asExponent: boolean): string {
  let exponent = -9;
  let rest = nano;
  while (rest % 1000n === 0n && exponent < 18) {
    rest /= 1000n;
    exponent += 3;
  }
  if (asExponent) return exponent === 0 ? `${rest}` : `${rest}e${exponent}`;
  return `${rest}${decimalSuffixes.find(([, power]) => power === exponent)?.[0] ?? ''}`;
}

function divideUp(value: bigint, divisor: bigint): bigint {
  return (value + divisor - 1n) / divisor;
}
