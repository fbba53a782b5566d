import assert from 'node:assert/strict';
import { test } from 'node:test';
import { latestTime, nextTime } from './next-time.ts';
import { parseSchedule } from './schedule.ts';

const next = (schedule: string, after: string, timeZone?: string) => {
  const at = nextTime(parseSchedule(schedule), Date.parse(after), timeZone);
  return at === undefined ? undefined : new Date(at).toISOString();
};

test('the next time is after now, never now', () => {
  assert.equal(next('*/15 * * * *', '2026-01-01T00:15:00Z'), '2026-01-01T00:30:00.000Z');
  assert.equal(next('0 0 1 1 *', '2026-01-01T00:00:00Z'), '2027-01-01T00:00:00.000Z');
  assert.equal(next('30 4 29 feb *', '2026-01-01T00:00:00Z'), '2028-02-29T04:30:00.000Z');
  assert.equal(next('0 0 31 2 *', '2026-01-01T00:00:00Z'), undefined);
  assert.equal(next('@hourly', '2026-01-01T00:15:30Z'), '2026-01-01T01:00:00.000Z');
  assert.equal(next('@every 1h30m', '2026-01-01T00:15:30Z'), '2026-01-01T01:45:30.000Z');
});

test('names, ranges, steps and lists', () => {
  assert.equal(next('0 9-17/4 * * mon-fri', '2026-01-02T17:00:00Z'), '2026-01-05T09:00:00.000Z');
  assert.equal(next('5,10/20 * ? * *', '2026-01-01T00:05:00Z'), '2026-01-01T00:10:00.000Z');
});

test('a day of the month or of the week suffices, when neither is a star', () => {
  assert.equal(next('0 0 13 * fri', '2026-01-01T00:00:00Z'), '2026-01-02T00:00:00.000Z');
  assert.equal(next('0 0 13 * *', '2026-01-01T00:00:00Z'), '2026-01-13T00:00:00.000Z');
});

test('times are those of the zone; one that the clocks skip does not come', () => {
  assert.equal(next('0 8 * * *', '2026-07-01T00:00:00Z', 'Europe/Berlin'), '2026-07-01T06:00:00.000Z');
  assert.equal(next('30 2 * * *', '2026-03-28T02:00:00Z', 'Europe/Berlin'), '2026-03-30T00:30:00.000Z');
  assert.equal(next('30 2 * * *', '2026-10-24T12:00:00Z', 'Europe/Berlin'), '2026-10-25T00:30:00.000Z');
});

test('the latest time that was missed is found though it was missed for long', () => {
  const now = Date.parse('2026-06-01T00:00:30Z');
  const latest = (schedule: string, since: string) => {
    const at = latestTime(parseSchedule(schedule), Date.parse(since), now);
    return at === undefined ? undefined : new Date(at).toISOString();
  };
  assert.equal(latest('* * * * *', '2020-01-01T00:00:00Z'), '2026-06-01T00:00:00.000Z');
  assert.equal(latest('0 0 1 1 *', '2020-01-01T00:00:00Z'), '2026-01-01T00:00:00.000Z');
  assert.equal(latest('0 0 1 1 *', '2026-02-01T00:00:00Z'), undefined);
  assert.equal(latest('@every 1m', '2026-06-01T00:00:00Z'), undefined);
});

test('what is no schedule is refused with the reason', () => {
  assert.throws(() => parseSchedule('* * * *'), /5 fields/);
  assert.throws(() => parseSchedule('61 * * * *'), /"61" is not a minute \(0 to 59\)/);
  assert.throws(() => parseSchedule('0 5-3 * * *'), /ends before it begins/);
});
