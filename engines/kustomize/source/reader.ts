import { lstatSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

/** How a build sees files. Paths are absolute. */
export interface SourceReader {
  /** Throws when there is no such file, it is a folder, or it is outside. */
  readFile(path: string): Uint8Array;
  isFolder(path: string): boolean;
  exists(path: string): boolean;
  /** The path with symbolic links followed. Throws when there is nothing, or it is outside. */
  resolve(path: string): string;
  /** The names in a folder, sorted. */
  readFolder(path: string): string[];
}

/** A path that leads out of the source. */
export class OutsideError extends Error {
  override readonly name = 'OutsideError';
  constructor(operation: string, path: string, root: string) {
    super(`fs-security-constraint ${operation} ${path}: path '${path}' is not in or below '${root}'`);
  }
}

/**
 * Reads files below the root, and no others: symbolic links are followed as long as they stay inside. Errors are those
 * of Flux. Throws when the root does not exist.
 */
export function createDiskReader(root: string): SourceReader {
  const top = followLinks(root);
  const check = (operation: string, path: string): void => {
    if (!isInside(top, findPlace(path))) throw new OutsideError(operation, path, top);
  };
  const allowed = (path: string): boolean => isInside(top, findPlace(path));
  return {
    readFile(path) {
      check('read', path);
      return readOrFail(path);
    },
    isFolder: (path) => allowed(path) && isFolder(path),
    exists: (path) => allowed(path) && statSync(path, { throwIfNoEntry: false }) !== undefined,
    resolve(path) {
      const real = followLinks(path);
      if (!isInside(top, real)) throw new OutsideError('abs', path, top);
      return real;
    },
    readFolder(path) {
      check('open', path);
      return readdirSync(path).sort();
    },
  };
}

/** The same files, with the text of one given. */
export function overlayFile(reader: SourceReader, path: string, text: string): SourceReader {
  return {
    ...reader,
    readFile: (other) => (other === path ? new TextEncoder().encode(text) : reader.readFile(other)),
    exists: (other) => other === path || reader.exists(other),
    isFolder: (other) => other !== path && reader.isFolder(other),
    resolve: (other) => (other === path ? path : reader.resolve(other)),
  };
}

function isInside(root: string, path: string): boolean {
  return root === sep || path === root || path.startsWith(root + sep);
}

/** Where a path leads; what does not exist leads where it says. */
function findPlace(path: string): string {
  try {
    return followLinks(path);
  } catch {
    return path;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function readOrFail(path: string): Uint8Array {
  if (isFolder(path)) throw new Error(`read ${path}: is a directory`);
  if (statSync(path, { throwIfNoEntry: false }) === undefined)
    throw new Error(`open ${path}: no such file or directory`);
  return readFileSync(path);
}

const maxLinks = 255;

/** The path without symbolic links. Throws with Go's words when a part of it does not exist. */
function followLinks(path: string): string {
  let rest = path.split(sep).filter((part) => part !== '');
  let at: string = sep;
  for (let links = 0; rest.length > 0; ) {
    const [part = '', ...others] = rest;
    rest = others;
    if (part === '..') {
      at = dirname(at);
      continue;
    }
    const next = join(at, part);
    const stat = lstatSync(next, { throwIfNoEntry: false });
    if (stat === undefined) throw new Error(`lstat ${next}: no such file or directory`);
    if (!stat.isSymbolicLink()) {
      if (rest.length > 0 && !stat.isDirectory()) throw new Error(`lstat ${next}: not a directory`);
      at = next;
      continue;
    }
    if (++links > maxLinks) throw new Error('EvalSymlinks: too many links');
    const target = readlinkSync(next);
    if (target.startsWith(sep)) at = sep;
    rest = [...target.split(sep).filter((name) => name !== '' && name !== '.'), ...rest];
  }
  return at;
}
