import { quoteString } from '@croft/gotemplate/fmt/quote';

const units: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  '\u00b5s': 1_000n,
  '\u03bcs': 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

/** time.ParseDuration, in nanoseconds. Throws with Go's words. */
export function parseDuration(text: string): bigint {
  const fail = (problem = 'invalid duration') => new Error(`time: ${problem} ${quoteString(text)}`);
  let rest = text.replace(/^[-+]/, '');
  if (rest === '0') return 0n;
  if (rest === '') throw fail();
  let total = 0n;
  while (rest !== '') {
    const match = /^([0-9]*)(?:\.([0-9]*))?([^0-9.]*)/.exec(rest);
    const [whole = '', digits = '', fraction = '', name = ''] = match ?? [];
    if (digits === '' && fraction === '') throw fail();
    if (name === '') throw fail('missing unit in duration');
    const unit = units[name];
    if (unit === undefined) throw new Error(`time: unknown unit ${quoteString(name)} in duration ${quoteString(text)}`);
    total += BigInt(digits === '' ? 0 : digits) * unit;
    if (fraction !== '') total += (BigInt(fraction) * unit) / 10n ** BigInt(fraction.length);
    if (total > 2n ** 63n - 1n) throw fail();
    rest = rest.slice(whole.length);
  }
  return text.startsWith('-') ? -total : total;
}

/** time.Duration's String(): `1h2m3.5s`, `1.5ms`, `0s`. */
export function formatDuration(nanoseconds: bigint): string {
  if (nanoseconds === 0n) return '0s';
  const sign = nanoseconds < 0n ? '-' : '';
  const total = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  if (total < 1_000n) return `${sign}${total}ns`;
  if (total < 1_000_000n) return `${sign}${withFraction(total, 1_000n)}\u00b5s`;
  if (total < 1_000_000_000n) return `${sign}${withFraction(total, 1_000_000n)}ms`;
  const seconds = withFraction(total % 60_000_000_000n, 1_000_000_000n);
  const minutes = total / 60_000_000_000n;
  if (minutes === 0n) return `${sign}${seconds}s`;
  const hours = minutes / 60n;
  return `${sign}${hours === 0n ? '' : `${hours}h`}${minutes % 60n}m${seconds}s`;
}

function withFraction(value: bigint, unit: bigint): string {
  const rest = value % unit;
  if (rest === 0n) return String(value / unit);
  const digits = String(rest).padStart(String(unit).length - 1, '0');
  return `${value / unit}.${digits.replace(/0+$/, '')}`;
}

/** Duration.Round: to the nearest multiple, halves away from zero. */
export function roundDuration(nanoseconds: bigint, to: bigint): bigint {
  if (to <= 0n) return nanoseconds;
  const rest = nanoseconds % to;
  const magnitude = rest < 0n ? -rest : rest;
  if (magnitude * 2n < to) return nanoseconds - rest;
  return nanoseconds < 0n ? nanoseconds - (to - magnitude) : nanoseconds + to - rest;
}
