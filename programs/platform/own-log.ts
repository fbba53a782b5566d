import { openRotatingFile, type RotatingFile } from '@croft/foundation/rotating-file';
import { instancePaths } from './paths.ts';

const maxBytes = 10 * 1024 * 1024;
/** The current file and those set aside: `croft.log`, `croft.log.1` ... */
const maxFiles = 5;

/** Where Croft tells what it does: one JSON object a line, 50 MiB at most. */
export function openOwnLog(dataDir: string): RotatingFile {
  return openRotatingFile({ path: instancePaths(dataDir).log, maxBytes, maxFiles });
}

/** The files of the log, oldest first; not all of them need to be there. */
export function ownLogFiles(dataDir: string): string[] {
  const { log } = instancePaths(dataDir);
  return Array.from({ length: maxFiles }, (_, i) => (i === maxFiles - 1 ? log : `${log}.${maxFiles - 1 - i}`));
}
