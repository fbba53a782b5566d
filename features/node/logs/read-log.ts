import { open } from 'node:fs/promises';
import { hasErrorCode } from '@croft/foundation/errors';

const blockBytes = 64 * 1024;

/** The byte at which the last `lines` lines of a file begin; 0 when it has fewer. */
export async function findTailOffset(path: string, lines: number): Promise<number> {
  await using file = await open(path);
  const { size } = await file.stat();
  if (lines <= 0) return size;
  let end = size;
  let found = 0;
  while (end > 0) {
    const start = Math.max(0, end - blockBytes);
    const { buffer } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
    for (let at = buffer.length - 1; at >= 0; at--) {
      // The line break that ends the file begins no line.
      if (buffer[at] !== 10 || start + at === size - 1) continue;
      found += 1;
      if (found === lines) return start + at + 1;
    }
    end = start;
  }
  return 0;
}

/** The text of the last lines that a container wrote; empty when it has no log. */
export async function readLogTail(path: string, lines: number): Promise<string> {
  try {
    const offset = await findTailOffset(path, lines);
    await using file = await open(path);
    const { size } = await file.stat();
    const { buffer } = await file.read(Buffer.alloc(size - offset), 0, size - offset, offset);
    return buffer
      .toString('utf8')
      .split('\n')
      .map((line) => parseLogLine(line))
      .map((entry) => (entry === undefined ? '' : entry.text + (entry.partial ? '' : '\n')))
      .join('');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return '';
    throw error;
  }
}

export interface LogEntry {
  time: string;
  stream: string;
  /** More of the same line follows. */
  partial: boolean;
  text: string;
}

/** One line of a container's log: time, stream, F (whole) or P (partial), text. Undefined for anything else. */
export function parseLogLine(line: string): LogEntry | undefined {
  const first = line.indexOf(' ');
  const second = line.indexOf(' ', first + 1);
  const third = line.indexOf(' ', second + 1);
  if (first < 0 || second < 0 || third < 0) return undefined;
  return {
    time: line.slice(0, first),
    stream: line.slice(first + 1, second),
    partial: line.slice(second + 1, third) === 'P',
    text: line.slice(third + 1),
  };
}
