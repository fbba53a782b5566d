import { goFunction } from '@croft/gotemplate/functions';
import { STRING } from '@croft/gotemplate/type';
import type { FunctionGroup } from './group.ts';

/** path.Clean: without empty, `.` and, where they can go, `..` elements. */
export function cleanPath(path: string): string {
  const rooted = path.startsWith('/');
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (!rooted) parts.push(part);
  }
  const clean = (rooted ? '/' : '') + parts.join('/');
  return clean === '' ? '.' : clean;
}

/** path.Base: the last element. */
export function basePath(path: string): string {
  if (path === '') return '.';
  const trimmed = path.replace(/\/+$/, '');
  return trimmed === '' ? '/' : trimmed.slice(trimmed.lastIndexOf('/') + 1);
}

function dirPath(path: string): string {
  return cleanPath(path.slice(0, path.lastIndexOf('/') + 1));
}

function extension(path: string): string {
  const base = path.slice(path.lastIndexOf('/') + 1);
  const dot = base.lastIndexOf('.');
  return dot < 0 ? '' : base.slice(dot);
}

function isAbsolute(path: string): boolean {
  return path.startsWith('/');
}

/** Slash-separated paths; those of the system are the same here. */
export const pathFunctions: FunctionGroup = {
  base: goFunction([STRING], basePath),
  dir: goFunction([STRING], dirPath),
  clean: goFunction([STRING], cleanPath),
  ext: goFunction([STRING], extension),
  isAbs: goFunction([STRING], isAbsolute),
  osBase: goFunction([STRING], basePath),
  osDir: goFunction([STRING], dirPath),
  osClean: goFunction([STRING], cleanPath),
  osExt: goFunction([STRING], extension),
  osIsAbs: goFunction([STRING], isAbsolute),
};
