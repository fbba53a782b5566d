import { parseLayout } from './layout.ts';
import { quoteText } from './quote.ts';
import { check, type Parsed, RangeProblem, takePart, takeText } from './take.ts';
import { type Time, timeInZone, utcSeconds } from './time.ts';
import { fixedZone, type Zone } from './zone.ts';

/** time.ParseInLocation. Throws with Go's words. */
export function parseTime(layout: string, text: string, local: Zone): Time {
  const parsed: Parsed = {
    year: 0,
    month: 0,
    day: 0,
    yearDay: 0,
    hour: 0,
    minute: 0,
    second: 0,
    nanosecond: 0,
    afternoon: false,
    morning: false,
    zone: undefined,
    offset: undefined,
    abbreviation: '',
  };
  let rest = text;
  const problem = (want: string, at: string) =>
    new Error(
      `parsing time ${quoteText(text)} as ${quoteText(layout)}: cannot parse ${quoteText(at)} as ${quoteText(want)}`,
    );
  try {
    for (const piece of parseLayout(layout)) {
      const before = rest;
      const left = piece.part ? takePart(piece.text, rest, parsed) : takeText(piece.text, rest);
      if (left === undefined) throw problem(piece.text, before);
      rest = left;
    }
    if (rest !== '') throw new Error(`parsing time ${quoteText(text)}: extra text: ${quoteText(rest)}`);
    return assemble(parsed, local);
  } catch (error) {
    if (error instanceof RangeProblem)
      throw new Error(`parsing time ${quoteText(text)}: ${error.message} out of range`);
    throw error;
  }
}

function assemble(parsed: Parsed, local: Zone): Time {
  if (parsed.afternoon && parsed.hour < 12) parsed.hour += 12;
  else if (parsed.morning && parsed.hour === 12) parsed.hour = 0;
  placeYearDay(parsed);
  const month = parsed.month === 0 ? 1 : parsed.month;
  const day = parsed.day === 0 && parsed.yearDay === 0 ? Math.max(parsed.day, 1) : parsed.day;
  check(
    'day',
    day >= 1 && day <= new Date(Date.UTC(4 + (parsed.year % 400), month, 0)).getUTCDate() - leapFix(parsed.year, month),
  );
  const utc = utcSeconds(parsed.year, month, day, parsed.hour, parsed.minute, parsed.second);
  if (parsed.zone !== undefined) return timeInZone(utc, parsed.nanosecond, parsed.zone);
  if (parsed.offset !== undefined) return offsetTime(utc, parsed, local);
  if (parsed.abbreviation === '') return timeInZone(utc, parsed.nanosecond, local);
  const here = timeInZone(utc, parsed.nanosecond, local);
  if (local.at(Number(here.nanoseconds / 1_000_000_000n)).abbreviation === parsed.abbreviation) return here;
  const gmt = /^GMT([-+][0-9]+)$/.exec(parsed.abbreviation);
  const zone = fixedZone(parsed.abbreviation, gmt === null ? 0 : Number(gmt[1]) * 3600);
  return timeInZone(utc, parsed.nanosecond, zone);
}

/** Date.UTC is asked for a year four later than given, which may be a leap year where the given one is none. */
function leapFix(year: number, month: number): number {
  if (month !== 2) return 0;
  const isLeap = (y: number) => (y % 4 === 0 && y % 100 !== 0) || y % 400 === 0;
  return (isLeap(4 + (year % 400)) ? 1 : 0) - (isLeap(year) ? 1 : 0);
}

/** An offset that the local zone has at that time is told as local time. */
function offsetTime(utc: number, parsed: Parsed, local: Zone): Time {
  const offset = parsed.offset ?? 0;
  const here = local.at(utc - offset);
  const fits = here.offset === offset && (parsed.abbreviation === '' || here.abbreviation === parsed.abbreviation);
  return timeInZone(utc, parsed.nanosecond, fits ? local : fixedZone(parsed.abbreviation, offset));
}

function placeYearDay(parsed: Parsed): void {
  if (parsed.yearDay === 0) return;
  const date = new Date(utcSeconds(parsed.year, 1, parsed.yearDay) * 1000);
  check('day-of-year', parsed.yearDay >= 1 && date.getUTCFullYear() === parsed.year);
  parsed.month = date.getUTCMonth() + 1;
  parsed.day = date.getUTCDate();
}
