import { dirname, isAbsolute, join, normalize } from 'node:path';
import { errorMessage } from '@croft/foundation/errors';
import { OutsideError, type SourceReader } from './reader.ts';

/** Where the files of one kustomization are, and which kustomizations led there. */
export interface Loader {
  readonly reader: SourceReader;
  readonly root: string;
  /** Whether files must be in or below the root of their kustomization, as `kustomize build` has it. */
  readonly restricted: boolean;
  readonly parent: Loader | undefined;
}

const remote = /^(git::|gh:|ssh:\/\/|https?:\/\/|git@|github\.com[:/]|file:\/\/|[a-z0-9_-]+@[^/]+:)/i;

/** Whether a path names something outside this machine. */
export function isRemote(path: string): boolean {
  return remote.test(path) || /\.git(\/|\?|$)/.test(path);
}

/** The loader of a folder. Throws when it is none, or outside. */
export function openRoot(reader: SourceReader, path: string, restricted: boolean): Loader {
  return { reader, root: confirmFolder(reader, path), restricted, parent: undefined };
}

/** The loader of a kustomization that this one refers to. Throws when it is remote, missing, a file, or one of its parents. */
export function openBase(loader: Loader, path: string): Loader {
  if (path === '') throw new Error('new root cannot be empty');
  if (isRemote(path)) throw new Error(`remote base '${path}' is not supported; put its files into the source`);
  if (isAbsolute(path)) throw new Error(`new root '${path}' cannot be absolute`);
  const root = confirmFolder(loader.reader, joinPath(loader.root, path));
  for (let at: Loader | undefined = loader; at !== undefined; at = at.parent) {
    if (isBelow(at.root, root)) {
      throw new Error(`cycle detected: candidate root '${root}' contains visited root '${at.root}'`);
    }
  }
  return { ...loader, root, parent: loader };
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

/** Reads a file of the kustomization. Throws when it is remote, missing, a folder, or where it may not be. */
export function loadFile(loader: Loader, path: string): Uint8Array {
  if (/^https?:\/\//i.test(path)) throw new Error(`remote file '${path}' is not supported; put it into the source`);
  const full = isAbsolute(path) ? path : joinPath(loader.root, path);
  if (!loader.restricted) return loader.reader.readFile(full);
  const real = resolvePath(loader.reader, full);
  if (loader.reader.isFolder(real)) throw new Error(`'${full}' must resolve to a file`);
  if (!isBelow(dirname(real), loader.root)) {
    throw new Error(`security; file '${full}' is not in or below '${loader.root}'`);
  }
  return loader.reader.readFile(real);
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export function loadText(loader: Loader, path: string): string {
  return decoder.decode(loadFile(loader, path));
}
