import { dirname, isAbsolute, join, normalize } from 'node:path';
import { errorMessage } from '@croft/foundation/errors';
import { OutsideError, type SourceReader } from './reader.ts';
import type { FindRemote } from './remote.ts';

/** Where the files of one kustomization are, and which kustomizations led there. */
export interface Loader {
  readonly reader: SourceReader;
  readonly root: string;
  /** Whether files must be in or below the root of their kustomization, as `kustomize build` has it. */
  readonly restricted: boolean;
  readonly parent: Loader | undefined;
  /** How addresses on other machines are followed; they are refused without it. */
  readonly findRemote: FindRemote | undefined;
}

const remote = /^(git::|gh:|ssh:\/\/|https?:\/\/|git@|github\.com[:/]|file:\/\/|[a-z0-9_-]+@[^/]+:)/i;

/** Whether a path names something outside this machine. */
export function isRemote(path: string): boolean {
  return remote.test(path) || /\.git(\/|\?|$)/.test(path);
}

/** The loader of a folder. Throws when it is none, or outside. */
export function openRoot(
  reader: SourceReader,
  path: string,
  restricted: boolean,
  findRemote: FindRemote | undefined,
): Loader {
  return { reader, root: confirmFolder(reader, path), restricted, parent: undefined, findRemote };
}

/** The loader of a kustomization that this one refers to. Throws when it is missing, a file, or one of its parents, or remote where that is refused. */
export function openBase(loader: Loader, path: string): Loader {
  if (path === '') throw new Error('new root cannot be empty');
  if (isRemote(path)) return openRemote(loader, path);
  if (isAbsolute(path)) throw new Error(`new root '${path}' cannot be absolute`);
  return openBelow(loader, loader.reader, joinPath(loader.root, path));
}

function openRemote(loader: Loader, path: string): Loader {
  if (loader.findRemote === undefined) {
    throw new Error(`remote base '${path}' is not supported; put its files into the source`);
  }
  const found = loader.findRemote(path);
  if ('content' in found) throw new Error(`'${path}' is a file, not a kustomization`);
  return openBelow(loader, found.reader, found.root);
}

function openBelow(loader: Loader, reader: SourceReader, path: string): Loader {
  const root = confirmFolder(reader, path);
  for (let at: Loader | undefined = loader; at !== undefined; at = at.parent) {
    if (isBelow(at.root, root)) {
      throw new Error(`cycle detected: candidate root '${root}' contains visited root '${at.root}'`);
    }
  }
  return { ...loader, reader, root, parent: loader };
}

function isBelow(path: string, root: string): boolean {
  return path === root || path.startsWith(`${root}/`);
}

function joinPath(root: string, path: string): string {
  const joined = normalize(join(root, path));
  return joined.length > 1 ? joined.replace(/\/+$/, '') : joined;
}

function confirmFolder(reader: SourceReader, path: string): string {
  const real = asRoot('not a valid directory', () => resolvePath(reader, path));
  if (!reader.isFolder(real)) throw new Error(`must build at directory: '${path}': file is not directory`);
  return real;
}

function asRoot<T>(problem: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw new Error(`must build at directory: ${problem}: ${errorMessage(error)}`);
  }
}

function resolvePath(reader: SourceReader, path: string): string {
  try {
    return reader.resolve(path);
  } catch (error) {
    if (error instanceof OutsideError) throw error;
    throw new Error(`evalsymlink failure on '${path}' : ${errorMessage(error)}`);
  }
}

/** Reads a file of the kustomization. Throws when it is missing, a folder, where it may not be, or remote where that is refused. */
export function loadFile(loader: Loader, path: string): Uint8Array {
  if (/^https?:\/\//i.test(path)) return loadRemote(loader, path);
  const full = isAbsolute(path) ? path : joinPath(loader.root, path);
  if (!loader.restricted) return loader.reader.readFile(full);
  const real = resolvePath(loader.reader, full);
  if (loader.reader.isFolder(real)) throw new Error(`'${full}' must resolve to a file`);
  if (!isBelow(dirname(real), loader.root)) {
    throw new Error(`security; file '${full}' is not in or below '${loader.root}'`);
  }
  return loader.reader.readFile(real);
}

function loadRemote({ findRemote }: Loader, path: string): Uint8Array {
  if (findRemote === undefined) throw new Error(`remote file '${path}' is not supported; put it into the source`);
  const found = findRemote(path);
  if (!('content' in found)) throw new Error('URL is a git repository');
  return found.content;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export function loadText(loader: Loader, path: string): string {
  return decoder.decode(loadFile(loader, path));
}
