/** Numbers as Go's strconv and encoding/json write them. */

/** strconv.FormatFloat(value, 'g', -1, 64): the shortest text that reads back the same. */
export function formatFloat(value: number): string {
  return formatDigits(value, value.toExponential());
}

/** strconv.FormatFloat(value, 'g', -1, 32): the shortest text that reads back the same as a float32. */
export function formatFloat32(value: number): string {
  const narrow = Math.fround(value);
  for (let digits = 0; digits < 17; digits++) {
    const text = narrow.toExponential(digits);
    if (Math.fround(Number(text)) === narrow) return formatDigits(narrow, text);
  }
  return formatFloat(narrow);
}

function formatDigits(value: number, exponential: string): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [mantissa = '0', power = '0'] = exponential.replace(/^-/, '').split('e');
  const exponent = Number(power);
  const sign = value < 0 ? '-' : '';
  if (exponent < -4 || exponent >= 6) return `${sign}${mantissa}e${goExponent(exponent)}`;
  return `${sign}${placePoint(mantissa.replace('.', ''), exponent)}`;
}

function goExponent(exponent: number): string {
  const digits = String(Math.abs(exponent)).padStart(2, '0');
  return exponent < 0 ? `-${digits}` : `+${digits}`;
}

function placePoint(digits: string, exponent: number): string {
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`;
  if (digits.length <= exponent + 1) return digits.padEnd(exponent + 1, '0');
  return `${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}

/** A float64 in JSON as encoding/json writes it: like JavaScript, but for -0. Throws on NaN and infinities. */
export function formatJsonNumber(value: number): string {
  if (!Number.isFinite(value)) throw new Error(`json: unsupported value: ${formatFloat(value)}`);
  return Object.is(value, -0) ? '-0' : String(value);
}
