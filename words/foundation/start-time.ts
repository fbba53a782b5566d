import { readFile } from 'node:fs/promises';

/**
 * When a process started, in the kernel's clock ticks since its boot: tells the process from a later one of the same
 * number. Field 22 of /proc/PID/stat; undefined when there is no such process, or it has ended.
 */
export async function readStartTime(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields?.[0] === 'Z' ? undefined : fields?.[19];
}
