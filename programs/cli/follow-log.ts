import { on } from 'node:events';
import { watch } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasErrorCode } from '@croft/foundation/errors';

export interface LogOptions {
  /** Only so many lines at the end of what is there. */
  tail: number;
  /** Go on with what comes, until the signal aborts. */
  follow?: AbortSignal;
}

/**
 * The text of a log that is kept in several files, oldest first; the last one is written to, and set aside as the one
 * before it when it is full. Followed, every line comes once, however often that happens.
 */
export async function* readLog(files: readonly string[], { tail, follow }: LogOptions): AsyncGenerator<string> {
  const current = files.at(-1) ?? '';
  const changes = follow === undefined ? undefined : watchFolder(dirname(current), follow);
  let read = await openAll(files);
  try {
    yield await readTail(read, tail);
    for await (const _ of changes ?? []) {
      if (follow?.aborted) return;
      yield await readNew(read.at(-1));
      const newer = await openNewer(files, read.at(-1));
      if (newer.length === 0) continue;
      yield await readNew(read.at(-1)); // what was written before it was set aside
      await closeAll(read);
      read = newer;
      for (const file of newer) yield await readNew(file);
    }
  } finally {
    await closeAll(read);
  }
}

interface OpenFile {
  handle: FileHandle;
  inode: number;
  /** How much of it has been read, in bytes. */
  offset: number;
}

/** Begins at once, not when it is first asked. */
function watchFolder(folder: string, signal: AbortSignal): AsyncIterable<unknown> {
  const watcher = watch(folder);
  const events = on(watcher, 'change', { signal });
  return {
    async *[Symbol.asyncIterator]() {
      try {
        yield* events;
      } catch (error) {
        if (!signal.aborted) throw error;
      } finally {
        watcher.close();
      }
    },
  };
}

/** Those that are there, oldest first. */
async function openAll(files: readonly string[]): Promise<OpenFile[]> {
  return await openNewer(files, undefined);
}

/** The files that are newer than one, oldest first: none while that one is still the newest. */
async function openNewer(files: readonly string[], than: OpenFile | undefined): Promise<OpenFile[]> {
  const opened: OpenFile[] = [];
  for (const path of files.toReversed()) {
    const file = await openFile(path);
    if (file === undefined) continue;
    if (file.inode === than?.inode) {
      await file.handle.close();
      break;
    }
    // One that was set aside meanwhile stands under its next name again.
    if (opened.some(({ inode }) => inode === file.inode)) await file.handle.close();
    else opened.unshift(file);
  }
  return opened;
}

async function openFile(path: string): Promise<OpenFile | undefined> {
  try {
    const handle = await open(path);
    return { handle, inode: (await handle.stat()).ino, offset: 0 };
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function readNew(file: OpenFile | undefined): Promise<string> {
  if (file === undefined) return '';
  const chunks: Buffer[] = [];
  for (;;) {
    const { bytesRead, buffer } = await file.handle.read(Buffer.alloc(65536), 0, 65536, file.offset);
    if (bytesRead === 0) return Buffer.concat(chunks).toString('utf8');
    chunks.push(buffer.subarray(0, bytesRead));
    file.offset += bytesRead;
  }
}

/** The last lines over all files; all files are read up to their ends. */
async function readTail(files: readonly OpenFile[], tail: number): Promise<string> {
  let text = '';
  for (const file of files.toReversed()) {
    if (text.split('\n').length - 1 < tail) text = (await readNew(file)) + text;
  }
  const lines = text.split('\n');
  const rest = lines.pop() ?? '';
  return (
    lines
      .slice(Math.max(0, lines.length - tail))
      .map((line) => `${line}\n`)
      .join('') + rest
  );
}

async function closeAll(files: readonly OpenFile[]): Promise<void> {
  await Promise.all(files.map(({ handle }) => handle.close()));
}
