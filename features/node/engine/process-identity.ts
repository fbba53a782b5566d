import { readFile } from 'node:fs/promises';
import { hasErrorCode } from '@croft/foundation/errors';

/** A process told apart from a later one with the same number, by the clock tick of its start. */
export interface ProcessIdentity {
  pid: number;
  startTicks: string;
}

/** Undefined when no such process runs. */
export async function findProcess(pid: number): Promise<ProcessIdentity | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // proc(5): the name in parentheses may hold blanks; the start is field 22, the 20th after it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state] = fields;
    return state === 'Z' ? undefined : { pid, startTicks: fields[19] ?? '' };
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT') || hasErrorCode(error, 'ESRCH')) return undefined;
    throw error;
  }
}

export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  return (await findProcess(identity.pid))?.startTicks === identity.startTicks;
}
