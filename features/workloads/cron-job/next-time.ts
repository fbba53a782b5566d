import type { CronSchedule, Schedule } from './schedule.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/**
 * The first time after `afterMs` at which a schedule is due, in milliseconds since 1970; undefined where none comes
 * within five years. `timeZone` is an IANA name. A local time that a change of the clocks skips is not due; one that
 * comes twice is due the first time.
 */
export function nextTime(schedule: Schedule, afterMs: number, timeZone = 'UTC'): number | undefined {
  if ('everyMs' in schedule) return afterMs - (afterMs % 1000) + schedule.everyMs;
  const offsetAt = createOffsets(timeZone);
  let wall = afterMs + offsetAt(afterMs);
  const last = wall + 5 * 366 * dayMs;
  while (wall < last) {
    const next = nextWall(schedule, wall, last);
    if (next === undefined) return undefined;
    const instant = instantOf(next, offsetAt);
    if (instant !== undefined && instant > afterMs) return instant;
    wall = next;
  }
  return undefined;
}

/** The latest due time that is not after `nowMs` and is after `earliestMs`. */
export function latestTime(
  schedule: Schedule,
  earliestMs: number,
  nowMs: number,
  timeZone = 'UTC',
): number | undefined {
  if ('everyMs' in schedule) {
    const count = Math.floor((nowMs - earliestMs) / schedule.everyMs);
    return count < 1 ? undefined : earliestMs - (earliestMs % 1000) + count * schedule.everyMs;
  }
  for (const window of [dayMs / 24, dayMs, 32 * dayMs, 366 * dayMs, 5 * 366 * dayMs]) {
    let found: number | undefined;
    const from = Math.max(earliestMs, nowMs - window);
    for (let at = nextTime(schedule, from, timeZone); at !== undefined && at <= nowMs; ) {
      found = at;
      at = nextTime(schedule, at, timeZone);
    }
    if (found !== undefined || from === earliestMs) return found;
  }
  return undefined;
}

/** Local times are counted as if they were UTC. */
function nextWall(schedule: CronSchedule, afterWall: number, last: number): number | undefined {
  let wall = (Math.floor(afterWall / minuteMs) + 1) * minuteMs;
  while (wall < last) {
    const date = new Date(wall);
    if (!schedule.months.has(date.getUTCMonth() + 1)) {
      wall = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
    } else if (!fitsDay(schedule, date)) wall = (Math.floor(wall / dayMs) + 1) * dayMs;
    else if (!schedule.hours.has(date.getUTCHours())) wall = (Math.floor(wall / (60 * minuteMs)) + 1) * 60 * minuteMs;
    else if (!schedule.minutes.has(date.getUTCMinutes())) wall += minuteMs;
    else return wall;
  }
  return undefined;
}

function fitsDay({ days, weekdays, bothDays }: CronSchedule, date: Date): boolean {
  const day = days.has(date.getUTCDate());
  const weekday = weekdays.has(date.getUTCDay());
  return bothDays ? day && weekday : day || weekday;
}

type OffsetAt = (instantMs: number) => number;

/** The earlier instant at which the clocks show this; undefined where they never do. */
function instantOf(wall: number, offsetAt: OffsetAt): number | undefined {
  const guesses = [wall - offsetAt(wall - dayMs), wall - offsetAt(wall + dayMs)];
  return guesses.sort((a, b) => a - b).find((instant) => instant + offsetAt(instant) === wall);
}

/** How far the clocks of a zone are ahead of UTC. */
function createOffsets(timeZone: string): OffsetAt {
  if (timeZone === 'UTC' || timeZone === 'Etc/UTC') return () => 0;
  const numeric = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const;
  const format = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', ...numeric, second: 'numeric' });
  return (instantMs) => {
    const parts = new Map(format.formatToParts(instantMs).map(({ type, value }) => [type, Number(value)]));
    const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0;
    const wall = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
    return wall - (instantMs - (((instantMs % 1000) + 1000) % 1000));
  };
}
