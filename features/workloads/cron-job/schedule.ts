/** A schedule in five fields (crontab, as robfig/cron reads it) or `@every` so many milliseconds. */
export type Schedule = CronSchedule | { everyMs: number };

export interface CronSchedule {
  minutes: ReadonlySet<number>;
  hours: ReadonlySet<number>;
  days: ReadonlySet<number>;
  months: ReadonlySet<number>;
  weekdays: ReadonlySet<number>;
  /** Days of the month and of the week both limit only where one of them is `*`; otherwise either suffices. */
  bothDays: boolean;
}

interface Field {
  name: string;
  low: number;
  high: number;
  names?: readonly string[];
}

const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const fields = {
  minute: { name: 'minute', low: 0, high: 59 },
  hour: { name: 'hour', low: 0, high: 23 },
  day: { name: 'day of month', low: 1, high: 31 },
  month: { name: 'month', low: 1, high: 12, names: monthNames },
  weekday: { name: 'day of week', low: 0, high: 6, names: dayNames },
} satisfies Record<string, Field>;

const shortcuts: Record<string, string> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

const unitMs: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** Throws with what is wrong in the text. */
export function parseSchedule(text: string): Schedule {
  const every = /^@every ((?:\d+(?:\.\d+)?(?:h|ms|m|s))+)$/.exec(text.trim());
  if (every !== null) return { everyMs: parseEvery(every[1] ?? '') };
  const parts = (shortcuts[text.trim()] ?? text.trim()).split(/\s+/);
  if (parts.length !== 5) throw new Error(`a schedule has 5 fields: "${text}" has ${parts.length}`);
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = parts;
  return {
    minutes: parseField(minute, fields.minute),
    hours: parseField(hour, fields.hour),
    days: parseField(day, fields.day),
    months: parseField(month, fields.month),
    weekdays: parseField(weekday, fields.weekday),
    bothDays: isStar(day) || isStar(weekday),
  };
}

/** Whole seconds, one at least. */
function parseEvery(text: string): number {
  let ms = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g))
    ms += Number(amount) * (unitMs[unit ?? ''] ?? 0);
  return Math.max(1000, ms - (ms % 1000));
}

const isStar = (text: string): boolean => text.split(',').some((part) => /^[*?](\/|$)/.test(part));

function parseField(text: string, field: Field): Set<number> {
  return new Set(text.split(',').flatMap((part) => parsePart(part, field)));
}

function parsePart(part: string, field: Field): number[] {
  const [range = '', stepText, ...rest] = part.split('/');
  const [firstText = '', lastText, ...more] = range.split('-');
  if (rest.length > 0 || more.length > 0) throw new Error(`"${part}" is not a ${field.name}`);
  const step =
    stepText === undefined ? 1 : parseNumber(stepText, { name: `step of the ${field.name}`, low: 1, high: 9999 });
  const star = firstText === '*' || firstText === '?';
  const first = star ? field.low : parseNumber(firstText, field);
  const last =
    lastText !== undefined ? parseNumber(lastText, field) : star || stepText !== undefined ? field.high : first;
  if (first > last) throw new Error(`"${part}" ends before it begins: a ${field.name}`);
  const count = Math.floor((last - first) / step) + 1;
  return Array.from({ length: count }, (_, index) => first + index * step);
}

function parseNumber(text: string, { name, low, high, names }: Field): number {
  const named = names?.indexOf(text.toLowerCase()) ?? -1;
  if (named >= 0) return named + low;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= low && value <= high)) throw new Error(`"${text}" is not a ${name} (${low} to ${high})`);
  return value;
}
