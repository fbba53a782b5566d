import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorMessage, hasErrorCode } from './errors.ts';

export interface RotatingFileOptions {
  path: string;
  /** A file that would grow beyond this is set aside as `path.1`, the one before as `path.2`, and so on. */
  maxBytes: number;
  /** How many files there are at most, the current one included. */
  maxFiles: number;
}

/** A file that lines are appended to at once, within limits of size and number. */
export interface RotatingFile extends Disposable {
  /** Never throws: what a full disk refuses is counted, and told of in the file once there is room. */
  write(line: string): void;
}

/** Opens the file, or goes on with the one that is there; mode 0600. */
export function openRotatingFile({ path, maxBytes, maxFiles }: RotatingFileOptions): RotatingFile {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  let file = openFile(path);
  let lost = 0;
  let reason = '';

  function append(text: string): void {
    // Somebody may have moved the file away: the name says where lines go.
    if (!isAt(file, path)) reopen();
    const { size } = fstatSync(file);
    if (size > 0 && size + Buffer.byteLength(text) > maxBytes) {
      rotate(path, maxFiles);
      reopen();
    }
    appendWhole(file, text);
  }

  function reopen(): void {
    const next = openFile(path);
    closeSync(file);
    file = next;
  }

  return {
    write: (line) => {
      try {
        if (lost > 0) append(`${JSON.stringify({ level: 'warn', message: `${lost} lines were lost: ${reason}` })}\n`);
        lost = 0;
        append(line);
      } catch (error) {
        lost += 1;
        reason = errorMessage(error);
      }
    },
    [Symbol.dispose]: () => closeSync(file),
  };
}

function openFile(path: string): number {
  return openSync(path, 'a', 0o600);
}

/** The whole line or nothing of it, so that no half lines stay where the disk is full. */
function appendWhole(file: number, text: string): void {
  const { size } = fstatSync(file);
  try {
    writeFileSync(file, text);
  } catch (error) {
    ftruncateSync(file, size);
    throw error;
  }
}

function rotate(path: string, maxFiles: number): void {
  for (let i = maxFiles - 1; i > 0; i--) {
    const from = i === 1 ? path : `${path}.${i - 1}`;
    try {
      renameSync(from, `${path}.${i}`);
    } catch (error) {
      if (!hasErrorCode(error, 'ENOENT')) throw error;
    }
  }
}

function isAt(file: number, path: string): boolean {
  const there = statSync(path, { throwIfNoEntry: false });
  return there !== undefined && there.ino === fstatSync(file).ino;
}
