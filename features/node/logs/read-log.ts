import { open } from 'node:fs/promises';
import { type LogFile, listLogFiles } from './log-files.ts';

const blockBytes = 64 * 1024;

/** Where in a log's files something begins. */
export interface LogPlace {
  /** Index in the list of files. */
  file: number;
  offset: number;
}

/** Where the last `lines` lines of a log begin; its very beginning when it has fewer. */
export async function findTail(files: readonly LogFile[], lines: number): Promise<LogPlace> {
  let missing = lines;
  for (let file = files.length - 1; file >= 0; file--) {
    const { offset, found } = await findTailOffset((files[file] as LogFile).path, missing);
    missing -= found;
    if (missing <= 0) return { file, offset };
  }
  return { file: 0, offset: 0 };
}

/** The byte at which the last `lines` lines of a file begin, and how many there are. */
async function findTailOffset(path: string, lines: number): Promise<{ offset: number; found: number }> {
  await using file = await open(path);
  const { size } = await file.stat();
  if (lines <= 0) return { offset: size, found: 0 };
  let end = size;
  let found = 0;
  while (end > 0) {
    const start = Math.max(0, end - blockBytes);
    const { buffer } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
    for (let at = buffer.length - 1; at >= 0; at--) {
      // The line break that ends the file begins no line.
      if (buffer[at] !== 10 || start + at === size - 1) continue;
      found += 1;
      if (found === lines) return { offset: start + at + 1, found };
    }
    end = start;
  }
  return { offset: 0, found: size === 0 ? 0 : found + 1 };
}

/** The text of the last lines that a container wrote; empty when it has no log. */
export async function readLogTail(path: string, lines: number): Promise<string> {
  const files = await listLogFiles(path);
  const start = await findTail(files, lines);
  const parts: Buffer[] = [];
  for (const [index, { path: part }] of files.entries()) {
    if (index < start.file) continue;
    await using file = await open(part);
    const offset = index === start.file ? start.offset : 0;
    const length = (await file.stat()).size - offset;
    parts.push((await file.read(Buffer.alloc(length), 0, length, offset)).buffer);
  }
  return Buffer.concat(parts)
    .toString('utf8')
    .split('\n')
    .map((line) => parseLogLine(line))
    .map((entry) => (entry === undefined ? '' : entry.text + (entry.partial ? '' : '\n')))
    .join('');
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
