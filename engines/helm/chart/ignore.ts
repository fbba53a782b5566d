import { compilePath, PatternError } from './match.ts';

interface Rule {
  negate: boolean;
  folderOnly: boolean;
  matches: (path: string) => boolean;
}

/** Tells whether a path of a chart is to be passed over. */
export type Ignore = (path: string, isFolder: boolean) => boolean;

/** Reads .helmignore. Helm's rules are not git's: a `!` line ignores everything that it does not match. Throws. */
export function parseIgnore(text: string): Ignore {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  const rules = [...lines, 'templates/.?*'].flatMap((line) => parseRule(line.trim()) ?? []);
  return (path, isFolder) => isIgnored(rules, path, isFolder);
}

function isIgnored(rules: readonly Rule[], path: string, isFolder: boolean): boolean {
  for (const rule of rules) {
    if (rule.negate) {
      if ((rule.folderOnly && !isFolder) || !rule.matches(path)) return true;
    } else if (!(rule.folderOnly && !isFolder) && rule.matches(path)) {
      return true;
    }
  }
  return false;
}

function parseRule(line: string): Rule | undefined {
  if (line === '' || line.startsWith('#')) return undefined;
  if (line.includes('**')) throw new Error('double-star (**) syntax is not supported');
  compilePath(line);
  const negate = line.startsWith('!');
  let pattern = negate ? line.slice(1) : line;
  const folderOnly = pattern.endsWith('/');
  if (folderOnly) pattern = pattern.slice(0, -1);
  const rooted = pattern.startsWith('/');
  const body = rooted ? pattern.slice(1) : pattern;
  const whole = rooted || pattern.includes('/');
  const matches = compileIfValid(body);
  return { negate, folderOnly, matches: (path) => matches(whole ? path : path.slice(path.lastIndexOf('/') + 1)) };
}

/** A pattern that filepath.Match refuses fits nothing. */
function compileIfValid(pattern: string): (path: string) => boolean {
  try {
    return compilePath(pattern);
  } catch (error) {
    if (error instanceof PatternError) return () => false;
    throw error;
  }
}
