interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const months = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const days = 'sun mon tue wed thu fri sat'.split(' ');

const fields: readonly Bounds[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: months },
  { min: 0, max: 6, names: days },
];

const descriptors = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];

/** What is wrong with a schedule of five fields, in the words of the cron library that Kubernetes uses. */
export function cronScheduleError(schedule: string): string | undefined {
  if (schedule.startsWith('@')) return descriptorError(schedule);
  const parts = schedule.trim().split(/\s+/);
  if (parts.length !== 5) {
    return `expected exactly 5 fields, found ${parts.length}: [${parts.join(' ')}]`;
  }
  for (const [index, part] of parts.entries()) {
    const bounds = fields[index];
    if (bounds === undefined) continue;
    for (const range of part.split(',')) {
      const fault = rangeError(range, bounds);
      if (fault !== undefined) return fault;
    }
  }
  return undefined;
}

function descriptorError(schedule: string): string | undefined {
  if (descriptors.includes(schedule)) return undefined;
  const every = /^@every (.*)$/.exec(schedule)?.[1];
  if (every === undefined) return `unrecognized descriptor: ${schedule}`;
  if (/^(\d+(\.\d+)?(ns|us|ms|s|m|h))+$/.test(every)) return undefined;
  return `failed to parse duration ${schedule}: time: invalid duration ${JSON.stringify(every)}`;
}

function rangeError(text: string, bounds: Bounds): string | undefined {
  const [range = '', step, ...more] = text.split('/');
  if (more.length > 0) return `too many slashes: ${text}`;
  const ends = range.split('-');
  if (ends.length > 2) return `too many hyphens: ${text}`;
  const any = ends[0] === '*' || ends[0] === '?';
  const start = any ? bounds.min : fieldValue(ends[0] ?? '', bounds);
  if (typeof start === 'string') return start;
  const last = ends[1] === undefined ? (any || step !== undefined ? bounds.max : start) : fieldValue(ends[1], bounds);
  if (typeof last === 'string') return last;
  const by = step === undefined ? 1 : numberOf(step);
  if (typeof by === 'string') return by;
  if (start < bounds.min) return `beginning of range (${start}) below minimum (${bounds.min}): ${text}`;
  if (last > bounds.max) return `end of range (${last}) above maximum (${bounds.max}): ${text}`;
  if (start > last) return `beginning of range (${start}) beyond end of range (${last}): ${text}`;
  return by === 0 ? `step of range should be a positive number: ${text}` : undefined;
}

function fieldValue(text: string, { min, names }: Bounds): number | string {
  const index = names?.indexOf(text.toLowerCase()) ?? -1;
  return index < 0 ? numberOf(text) : index + min;
}

function numberOf(text: string): number | string {
  if (/^-\d+$/.test(text)) return `negative number (${text}) not allowed: ${text}`;
  if (/^\+?\d+$/.test(text)) return Number(text);
  return `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`;
}
