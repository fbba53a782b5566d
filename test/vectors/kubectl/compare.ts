import type { Bindings } from '../kube-api/placeholders.ts';
import { firstDifference } from '../suite.ts';

const patterns: Record<string, string> = {
  uid: '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}',
  ip: '[0-9a-f.:]+',
  hash: '[a-z0-9]{5,10}',
  gen: '[a-z0-9]{5}',
  ts: '\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?(?:Z| ?[+-]\\d\\d:?\\d\\d)',
  rv: '\\d+',
  n: '\\d+',
  hex: '[0-9a-f]+',
  age: '(?:\\d+(?:ms|[smhdy]))+',
  server: '\\S+?',
};

const placeholder = new RegExp(`<(${Object.keys(patterns).join('|')})(?::(\\d+))?>`, 'g');

/** Columns are as wide as their widest cell: blanks between them, and at the ends of lines, tell nothing. */
export function evenOut(text: string): string {
  return text.replace(/(?<=\S) {2,}/g, '   ').replace(/[ \t]+$/gm, '');
}

/** Undefined when a text is what was recorded; otherwise one line that tells the first difference. */
export function compareText(expected: string, actual: string, bindings: Bindings): string | undefined {
  const wanted = evenOut(expected);
  const got = evenOut(actual);
  const found = new RegExp(`^${toPattern(wanted)}$`).exec(got);
  if (found === null) return firstDifference(...untilApart(wanted, got));
  let group = 0;
  for (const [, sort = '', number] of wanted.matchAll(placeholder)) {
    group += 1;
    if (number === undefined) continue;
    const problem = bindings.bind(`${sort}:${number}`, found[group] ?? '');
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Lines may be missing, in order; those that are there must be right. */
export function compareFewer(expected: string, actual: string, bindings: Bindings): string | undefined {
  const wanted = evenOut(expected).split('\n');
  let at = 0;
  for (const line of evenOut(actual).split('\n')) {
    while (at < wanted.length && compareText(wanted[at] ?? '', line, bindings.fork()) !== undefined) at += 1;
    if (at === wanted.length) return `the line ${JSON.stringify(line)} was not recorded`;
    at += 1;
  }
  return undefined;
}

/** What stands before the colon in the lines of a description that are headings. */
export function headingsOf(text: string): string[] {
  return text.split('\n').flatMap((line) => /^ {0,2}([A-Z][^:]*):/.exec(line)?.[1] ?? []);
}

function toPattern(text: string): string {
  let source = '';
  let end = 0;
  for (const match of text.matchAll(placeholder)) {
    source += `${escapePattern(text.slice(end, match.index))}(${patterns[match[1] ?? '']})`;
    end = match.index + match[0].length;
  }
  return source + escapePattern(text.slice(end));
}

/** The texts with the lines that fit made equal, so that the difference shown is a real one. */
function untilApart(wanted: string, got: string): [string, string] {
  const gotLines = got.split('\n');
  const wantedLines = wanted.split('\n').map((line, index) => {
    const other = gotLines[index];
    return other !== undefined && new RegExp(`^${toPattern(line)}$`).test(other) ? other : line;
  });
  return [wantedLines.join('\n'), got];
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
