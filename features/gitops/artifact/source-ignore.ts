import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from '@croft/foundation/errors';
import { matchPath, PatternError } from '@croft/helm/chart/match';

/** The name of the files that say what a source's artifact leaves out. */
export const ignoreFile = '.sourceignore';

const alwaysIgnored = ['.git/', '.gitignore', '.gitmodules', '.gitattributes'];
const ignoredByDefault = [
  ...['*.jpg', '*.jpeg', '*.gif', '*.png', '*.wmv', '*.flv', '*.tar.gz', '*.zip'],
  ...['.github/', '.circleci/', '.travis.yml', '.gitlab-ci.yml', 'appveyor.yml', '.drone.yml', 'cloudbuild.yaml'],
  ...['codeship-services.yml', 'codeship-steps.yml'],
  ...['**/.goreleaser.yml', '**/.sops.yaml', '**/.flux.yaml'],
];

/** One line of an ignore file. Its folder is where that file stands; the pattern says nothing of what is elsewhere. */
export interface IgnorePattern {
  folder: readonly string[];
  parts: readonly PatternPart[];
  include: boolean;
  folderOnly: boolean;
}

/** What stands between two slashes of a pattern. */
interface PatternPart {
  text: string;
  matches(name: string): boolean;
}

/** Tells whether a path, given by its names, is left out. */
export type IsIgnored = (path: readonly string[], isFolder: boolean) => boolean;

/**
 * The patterns of a text in the form of .gitignore. They are read as Flux reads them, which is not quite as git does:
 * the last pattern that fits a file decides, so that a file within an ignored folder can be included again.
 */
export function parseIgnorePatterns(text: string, folder: readonly string[] = []): IgnorePattern[] {
  return text
    .split(/\r?\n/)
    .filter((line) => !line.startsWith('#') && line.trim() !== '')
    .map((line) => parsePattern(line, folder));
}

function parsePattern(line: string, folder: readonly string[]): IgnorePattern {
  const include = line.startsWith('!');
  const body = include ? line.slice(1) : line;
  const text = body.endsWith('\\ ') ? body : body.replace(/ +$/, '');
  const folderOnly = text.endsWith('/');
  const parts = (folderOnly ? text.slice(0, -1) : text).split('/').map(parsePart);
  return { folder, parts, include, folderOnly };
}

/** Most names have no wildcard, and most that have one begin with it: thousands of files are looked at. */
function parsePart(text: string): PatternPart {
  if (!/[*?[\\]/.test(text)) return { text, matches: (name) => name === text };
  if (!/[*?[\\]/.test(text.slice(1)) && text.startsWith('*')) {
    const ending = text.slice(1);
    return { text, matches: (name) => name.endsWith(ending) };
  }
  return { text, matches: (name) => matchPath(text, name) };
}

/** The patterns of all ignore files below a folder. */
export async function readIgnoreFiles(root: string, folder: readonly string[] = []): Promise<IgnorePattern[]> {
  const here = join(root, ...folder);
  const entries = await readdir(here, { withFileTypes: true });
  const found: IgnorePattern[] = [];
  if (entries.some((entry) => entry.isFile() && entry.name === ignoreFile))
    found.push(...parseIgnorePatterns(await readFile(join(here, ignoreFile), 'utf8'), folder));
  for (const entry of entries) {
    if (entry.isDirectory() && entry.name !== '.git')
      found.push(...(await readIgnoreFiles(root, [...folder, entry.name])));
  }
  return found;
}

/** Like parseIgnorePatterns, of a file; none when it is not there. */
export async function readIgnoreFile(path: string): Promise<IgnorePattern[]> {
  try {
    return parseIgnorePatterns(await readFile(path, 'utf8'));
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return [];
    throw error;
  }
}

/** What belongs to git is always left out; images, archives and files of CI systems are unless there are patterns. */
export function createSourceFilter(patterns: readonly IgnorePattern[]): IsIgnored {
  const base = patterns.length > 0 ? alwaysIgnored : [...alwaysIgnored, ...ignoredByDefault];
  return createFilter([...base.map((line) => parsePattern(line, [])), ...patterns]);
}

/** Patterns with nothing that is left out by default. The last pattern that fits decides. */
export function createFilter(patterns: readonly IgnorePattern[]): IsIgnored {
  const byPriority = [...patterns].reverse();
  return (path, isFolder) => {
    const pattern = byPriority.find((candidate) => fits(candidate, path, isFolder));
    return pattern !== undefined && !pattern.include;
  };
}

function fits(pattern: IgnorePattern, path: readonly string[], isFolder: boolean): boolean {
  const { folder, parts, folderOnly } = pattern;
  if (path.length <= folder.length || folder.some((name, index) => path[index] !== name)) return false;
  const below = path.slice(folder.length);
  try {
    const [only, ...more] = parts;
    const needsFolder = folderOnly && !isFolder;
    return only !== undefined && more.length === 0
      ? fitsName(only, below, needsFolder)
      : fitsPath(parts, below, needsFolder);
  } catch (error) {
    if (error instanceof PatternError) return false;
    throw error;
  }
}

/** A pattern without a slash fits at any depth, and everything below what it fits. */
function fitsName(pattern: PatternPart, path: readonly string[], needsFolder: boolean): boolean {
  const index = path.findIndex((name) => pattern.matches(name));
  return index >= 0 && !(needsFolder && index === path.length - 1);
}

/** A pattern with slashes fits from its folder on, and everything below what it fits. `**` stands for any folders. */
function fitsPath(parts: readonly PatternPart[], path: readonly string[], needsFolder: boolean): boolean {
  let rest = path;
  let matched = false;
  let anyDepth = false;
  for (const [index, part] of parts.entries()) {
    if (part.text === '') anyDepth = false;
    else if (part.text === '**') {
      if (index === parts.length - 1) break;
      anyDepth = true;
    } else {
      if (part.text.includes('**')) return false;
      const at = anyDepth ? rest.findIndex((name) => part.matches(name)) : 0;
      anyDepth = false;
      if (at < 0 || rest[at] === undefined || !part.matches(rest[at])) return false;
      matched = true;
      rest = rest.slice(at + 1);
    }
  }
  return matched && !(needsFolder && rest.length === 0);
}
