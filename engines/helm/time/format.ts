import { DAYS, MONTHS, parseLayout } from './layout.ts';
import { type CivilTime, civilTime, type Time } from './time.ts';

/** time.Format: the time by a layout of Go. */
export function formatTime(time: Time, layout: string): string {
  const civil = civilTime(time);
  return parseLayout(layout)
    .map(({ text, part }) => (part ? formatPart(text, civil) : text))
    .join('');
}

/** time.String(). */
export function displayTime(time: Time): string {
  return formatTime(time, '2006-01-02 15:04:05.999999999 -0700 MST');
}

function pad(value: number, length: number, fill = '0'): string {
  return value < 0 ? `-${String(-value).padStart(length, fill)}` : String(value).padStart(length, fill);
}

function formatPart(part: string, civil: CivilTime): string {
  if (/^[.,]/.test(part)) return formatFraction(part, civil.nanosecond);
  if (/^[-Z]0/.test(part)) return formatOffset(part, civil.offset);
  const hour12 = civil.hour % 12 === 0 ? 12 : civil.hour % 12;
  const table: Record<string, () => string> = {
    January: () => MONTHS[civil.month - 1] ?? '',
    Jan: () => (MONTHS[civil.month - 1] ?? '').slice(0, 3),
    '1': () => String(civil.month),
    '01': () => pad(civil.month, 2),
    Monday: () => DAYS[civil.weekday] ?? '',
    Mon: () => (DAYS[civil.weekday] ?? '').slice(0, 3),
    '2': () => String(civil.day),
    _2: () => pad(civil.day, 2, ' '),
    '02': () => pad(civil.day, 2),
    __2: () => pad(civil.yearDay, 3, ' '),
    '002': () => pad(civil.yearDay, 3),
    '15': () => pad(civil.hour, 2),
    '3': () => String(hour12),
    '03': () => pad(hour12, 2),
    '4': () => String(civil.minute),
    '04': () => pad(civil.minute, 2),
    '5': () => String(civil.second),
    '05': () => pad(civil.second, 2),
    '2006': () => pad(civil.year, 4),
    '06': () => pad(Math.abs(civil.year % 100), 2),
    PM: () => (civil.hour >= 12 ? 'PM' : 'AM'),
    pm: () => (civil.hour >= 12 ? 'pm' : 'am'),
    MST: () => (civil.abbreviation === '' ? formatOffset('-0700', civil.offset) : civil.abbreviation),
  };
  return table[part]?.() ?? part;
}

function formatFraction(part: string, nanosecond: number): string {
  const digits = pad(nanosecond, 9).slice(0, part.length - 1);
  if (part.charAt(1) === '0') return part.charAt(0) + digits;
  const trimmed = digits.replace(/0+$/, '');
  return trimmed === '' ? '' : part.charAt(0) + trimmed;
}

function formatOffset(part: string, offset: number): string {
  if (part.startsWith('Z') && offset === 0) return 'Z';
  const total = Math.abs(offset);
  const hours = pad(Math.floor(total / 3600), 2);
  const minutes = pad(Math.floor(total / 60) % 60, 2);
  const seconds = pad(total % 60, 2);
  const colon = part.includes(':') ? ':' : '';
  const sign = offset < 0 ? '-' : '+';
  if (/07$/.test(part)) return sign + hours;
  const long = /0000$|00:00$/.test(part);
  return `${sign}${hours}${colon}${minutes}${long ? colon + seconds : ''}`;
}
