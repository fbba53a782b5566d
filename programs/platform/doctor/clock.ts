import { stat } from 'node:fs/promises';
import { hasErrorCode } from '@croft/foundation/errors';
import { instancePaths } from '../paths.ts';
import type { Finding } from './finding.ts';

/** So far a clock may be set back. */
const toleranceMs = 5 * 60_000;

/** Whether the clock is behind what was written by it before: certificates are then not valid yet, and updates not fetched. */
export async function examineClock(dataDir: string, nowMs: number): Promise<Finding> {
  const { database, caCertificate } = instancePaths(dataDir);
  const times = await Promise.all([import.meta.filename, database, caCertificate].map(readWrittenAt));
  const latest = Math.max(...times);
  const said = new Date(nowMs).toISOString();
  if (nowMs >= latest - toleranceMs) return { name: 'clock', level: 'ok', message: `it is ${said}` };
  return {
    name: 'clock',
    level: 'warn',
    message: `the clock says ${said}, but files of Croft are from ${new Date(latest).toISOString()}: certificates will not be valid`,
    remedy: 'timedatectl set-ntp true, or set it: date -s "YYYY-MM-DD HH:MM"',
  };
}

/** Zero where there is no such file. */
async function readWrittenAt(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return 0;
    throw error;
  }
}
