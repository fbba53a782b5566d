import { errorMessage } from '@croft/foundation/errors';
import { quoteString } from '@croft/gotemplate/fmt/quote';
import { goFunction } from '@croft/gotemplate/functions';
import { INT, STRING, STRING_SLICE } from '@croft/gotemplate/type';
import { GoSlice, type Value } from '@croft/gotemplate/value';
import type { RE2JS } from 're2js';
import { re2 } from '../load-late.ts';
import { stringSlice } from './cast.ts';
import type { FunctionGroup } from './group.ts';
import { takeGroupNames } from './regex-names.ts';

interface Expression {
  readonly re: RE2JS;
  /** The groups of each name. */
  readonly names: ReadonlyMap<string, readonly number[]>;
}

const cache = new Map<string, Expression>();
const CACHE_SIZE = 500;

/** Compiles an expression of Go's regexp; throws with its words. */
function compile(expression: string): Expression {
  const known = cache.get(expression);
  if (known !== undefined) return known;
  let compiled: Expression;
  try {
    compiled = compileNamed(expression);
  } catch (error) {
    const problem = errorMessage(error).replace(/^error parsing regexp:\s*/, 'error parsing regexp: ');
    throw new Error(problem.replace(/(trailing backslash at end of expression)$/, '$1: ``'));
  }
  if (cache.size >= CACHE_SIZE) cache.clear();
  cache.set(expression, compiled);
  return compiled;
}

function compileNamed(expression: string): Expression {
  const { source, names } = takeGroupNames(expression);
  const isShared = names.values().some((groups) => groups.length > 1);
  return { re: re2().compile(isShared ? source : expression), names };
}

/** As regexp.MustCompile, whose panic names the expression. */
function mustCompile(expression: string): Expression {
  try {
    return compile(expression);
  } catch (error) {
    const quoted = expression.includes('`') ? quoteString(expression) : `\`${expression}\``;
    throw new Error(`regexp: Compile(${quoted}): ${errorMessage(error)}`);
  }
}

interface Match {
  start: number;
  end: number;
  groups: (string | undefined)[];
}

/** All matches as Go finds them: an empty one does not stand right behind another. */
function findMatches({ re }: Expression, text: string, limit: number): Match[] {
  const matcher = re.matcher(text);
  const matches: Match[] = [];
  let previousEnd = -1;
  for (let at = 0; at <= text.length && matches.length < limit; ) {
    if (!matcher.find(at)) break;
    const start = matcher.start();
    const end = matcher.end();
    if (end > start || start !== previousEnd) {
      const groups = Array.from({ length: matcher.groupCount() + 1 }, (_, i) => matcher.group(i) ?? undefined);
      matches.push({ start, end, groups });
    }
    previousEnd = end;
    at = end > start ? end : end + characterLength(text, end);
  }
  return matches;
}

function characterLength(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}

function replaceAll(expression: Expression, text: string, replace: (match: Match) => string): string {
  let out = '';
  let at = 0;
  for (const match of findMatches(expression, text, Number.POSITIVE_INFINITY)) {
    out += text.slice(at, match.start) + replace(match);
    at = match.end;
  }
  return out + text.slice(at);
}

const reference = /\$(?:\$|(\w+)|\{(\w+)\})/g;

/** `$1`, `${name}` and `$$` in a replacement (regexp.Expand). */
function expand(template: string, match: Match, names: Expression['names']): string {
  return template.replace(reference, (whole: string, bare: string | undefined, braced: string | undefined) => {
    if (whole === '$$') return '$';
    const name = bare ?? braced ?? '';
    const groups = /^[0-9]+$/.test(name) ? [Number(name)] : (names.get(name) ?? []);
    return groups.map((group) => match.groups[group]).find((text) => text !== undefined) ?? '';
  });
}

function findAll(expression: Expression, text: string, count: bigint): Value {
  const limit = count < 0n ? Number.POSITIVE_INFINITY : Number(count);
  const found = findMatches(expression, text, limit).map(({ groups }) => groups[0] ?? '');
  return found.length === 0 ? new GoSlice(STRING_SLICE, [], true) : stringSlice(found);
}

function split(expression: Expression, text: string, source: string, count: bigint): Value {
  if (count === 0n) return new GoSlice(STRING_SLICE, [], true);
  if (source !== '' && text === '') return stringSlice(['']);
  const parts: string[] = [];
  let begin = 0;
  let end = 0;
  for (const match of findMatches(expression, text, count < 0n ? Number.POSITIVE_INFINITY : Number(count))) {
    if (count > 0n && parts.length === Number(count) - 1) break;
    end = match.start;
    if (match.end !== 0) parts.push(text.slice(begin, end));
    begin = match.end;
  }
  if (end !== text.length) parts.push(text.slice(begin));
  return stringSlice(parts);
}

type Compile = (expression: string) => Expression;

/** The functions over a way to compile: the plain ones panic where those with `must` give an error. */
function group(compileWith: Compile): FunctionGroup {
  return {
    FindAll: goFunction([STRING, STRING, INT], (source, text, count) => findAll(compileWith(source), text, count)),
    Find: goFunction([STRING, STRING], (source, text) => findMatches(compileWith(source), text, 1)[0]?.groups[0] ?? ''),
    ReplaceAll: goFunction([STRING, STRING, STRING], (source, text, template) => {
      const expression = compileWith(source);
      return replaceAll(expression, text, (match) => expand(template, match, expression.names));
    }),
    ReplaceAllLiteral: goFunction([STRING, STRING, STRING], (source, text, literal) =>
      replaceAll(compileWith(source), text, () => literal),
    ),
    Split: goFunction([STRING, STRING, INT], (source, text, count) => split(compileWith(source), text, source, count)),
  };
}

function named(prefix: string, functions: FunctionGroup): FunctionGroup {
  return Object.fromEntries(Object.entries(functions).map(([name, fn]) => [prefix + name, fn]));
}

function matches(source: string, text: string): boolean {
  return compile(source).re.matcher(text).find();
}

export const regexFunctions: FunctionGroup = {
  ...named('regex', group(mustCompile)),
  ...named('mustRegex', group(compile)),
  regexMatch: goFunction([STRING, STRING], (source, text) => {
    try {
      return matches(source, text);
    } catch {
      return false;
    }
  }),
  mustRegexMatch: goFunction([STRING, STRING], matches),
  regexQuoteMeta: goFunction([STRING], (text) => text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&')),
};
