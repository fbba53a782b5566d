import { watch } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type LogFile, listLogFiles, openLogFile } from './log-files.ts';
import { findTail, type LogEntry, parseLogLine } from './read-log.ts';

/** How much of a container's log to give, and in what form; as `kubectl logs` asks the kubelet. */
export interface LogOptions {
  follow: boolean;
  /** Only the last lines. */
  tailLines?: number;
  /** Only what was written since then; milliseconds since 1970. */
  sinceMs?: number;
  /** Each line begins with its time. */
  timestamps: boolean;
  limitBytes?: number;
}

const encoder = new TextEncoder();

/**
 * The log as text. With `follow` it goes on until `ended` says that the container writes no more, and all it wrote is
 * given, or until the reader goes away.
 */
export function streamLog(
  path: string,
  options: LogOptions,
  ended: () => Promise<boolean>,
): ReadableStream<Uint8Array> {
  const stop = new AbortController();
  const lines = readLines(path, options, options.follow ? ended : async () => true, stop.signal);
  let room = options.limitBytes ?? Number.POSITIVE_INFINITY;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await lines.next();
      if (done || room <= 0) {
        stop.abort();
        return controller.close();
      }
      const bytes = encoder.encode(value).subarray(0, room === Number.POSITIVE_INFINITY ? undefined : room);
      room -= bytes.length;
      controller.enqueue(bytes);
    },
    cancel: async () => {
      stop.abort();
      await lines.return(undefined);
    },
  });
}

async function* readLines(
  path: string,
  options: LogOptions,
  ended: () => Promise<boolean>,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const format = createFormat(options);
  const files = await listLogFiles(path);
  const start = options.tailLines === undefined ? { file: 0, offset: 0 } : await findTail(files, options.tailLines);
  let next = files[start.file];
  let position = start.offset;
  while (next !== undefined) {
    await using file = await openLogFile(path, next);
    // One that was removed meanwhile was older than all others.
    const isGone = file === undefined;
    next = isGone ? (await listLogFiles(path))[0] : yield* readFile({ path, file, position, format, ended, signal });
    position = 0;
  }
}

interface Reading {
  /** Of the log. */
  path: string;
  /** The one of its files that is read. */
  file: FileHandle;
  position: number;
  format: (line: string) => string;
  ended: () => Promise<boolean>;
  signal: AbortSignal;
}

/** Reads one file of a log to its end. Gives the next one; undefined when there will be none. */
async function* readFile(reading: Reading): AsyncGenerator<string, LogFile | undefined> {
  const { path, file, format, ended, signal } = reading;
  let { position } = reading;
  let rest: Buffer = Buffer.alloc(0);
  using changes = watchFolder(dirname(path), signal);
  for (;;) {
    // Asked before reading: what was written up to the end is then read for certain.
    const isOver = await ended();
    const next = await findNextFile(path, file);
    for (;;) {
      const chunk = await readChunk(file, position);
      if (chunk.length === 0) break;
      position += chunk.length;
      const data = Buffer.concat([rest, chunk]);
      const complete = data.lastIndexOf(10) + 1;
      rest = data.subarray(complete);
      if (complete === 0) continue;
      const text = data.subarray(0, complete).toString('utf8');
      const formatted = text.split('\n').slice(0, -1).map(format).join('');
      if (formatted !== '') yield formatted;
    }
    if (next !== undefined || isOver || signal.aborted) return next;
    await changes.next();
  }
}

/** What follows a file of the log: the container writes to this one no more. Undefined when it is the last. */
async function findNextFile(path: string, file: FileHandle): Promise<LogFile | undefined> {
  const { ino, nlink } = await file.stat();
  const files = await listLogFiles(path);
  if (nlink === 0) return files[0]; // removed meanwhile: it was older than all others
  const index = files.findIndex(({ inode }) => inode === ino);
  return index < 0 ? undefined : files[index + 1];
}

async function readChunk(file: FileHandle, position: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(64 * 1024), 0, 64 * 1024, position);
  return buffer.subarray(0, bytesRead);
}

/** Gives the text of a line of the log file; parts of a line are put together again. */
function createFormat({ sinceMs = 0, timestamps }: LogOptions): (line: string) => string {
  let insideLine = false;
  return (line) => {
    const entry = parseLogLine(line);
    if (entry === undefined || Date.parse(entry.time) < sinceMs) return '';
    const prefix = timestamps && !insideLine ? `${formatEntryTime(entry)} ` : '';
    insideLine = entry.partial;
    return `${prefix}${entry.text}${entry.partial ? '' : '\n'}`;
  };
}

/** UTC is written as Z. */
function formatEntryTime({ time }: LogEntry): string {
  return time.endsWith('+00:00') ? `${time.slice(0, -6)}Z` : time;
}

/** Resolves `next` when a file in it has changed since the last time, or the signal aborts, or a while has gone by. */
function watchFolder(path: string, signal: AbortSignal): Disposable & { next(): Promise<void> } {
  let changed = false;
  let wake: (() => void) | undefined;
  const notify = () => {
    changed = true;
    wake?.();
  };
  const watcher = watch(path, { persistent: false }, notify);
  signal.addEventListener('abort', notify);
  // The end of a container does not always touch its log.
  const timer = setInterval(notify, 1_000);
  return {
    next: async () => {
      if (!changed) await new Promise<void>((resolve) => (wake = resolve));
      changed = false;
    },
    [Symbol.dispose]: () => {
      watcher.close();
      clearInterval(timer);
      signal.removeEventListener('abort', notify);
    },
  };
}
