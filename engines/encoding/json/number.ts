import { formatFloat as formatGoFloat } from '@croft/gotemplate/fmt/float';

/** strconv.FormatFloat(value, 'g', -1, 64): the shortest text that reads back the same. */
export function formatFloat(value: number): string {
  return formatGoFloat(value, 'g', -1);
}

/** strconv.FormatFloat(value, 'g', -1, 32): the shortest text that reads back the same as a float32. */
export function formatFloat32(value: number): string {
  return formatGoFloat(Math.fround(value), 'g', -1, 32);
}

/** A float64 in JSON as encoding/json writes it: like JavaScript, but for -0. Throws on NaN and infinities. */
export function formatJsonNumber(value: number): string {
  if (!Number.isFinite(value)) throw new Error(`json: unsupported value: ${formatFloat(value)}`);
  return Object.is(value, -0) ? '-0' : String(value);
}
