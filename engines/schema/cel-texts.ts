import { quoteGo } from '@croft/api/go-quote';
import type { Environment } from '@marcbachmann/cel-js';
import type { RE2JS } from 're2js';
import { compilePattern } from './patterns.ts';

/** The functions on strings that Kubernetes has besides those of CEL, and its regular expressions. */
export function addTextFunctions(environment: Environment): void {
  const replaceFirst = (text: string, from: string, to: string, count: bigint) => {
    const parts = text.split(from);
    const limit = count < 0n ? parts.length : Number(count);
    return parts.reduce((joined, part, index) => joined + (index <= limit ? to : from) + part);
  };
  environment
    .registerFunction('string.matchesPattern(string): bool', (text: string, pattern: string) => found(text, pattern))
    .registerFunction('matches(string, string): bool', (text: string, pattern: string) => found(text, pattern))
    .registerFunction(
      'string.find(string): string',
      (text: string, pattern: string) => findAll(text, pattern, 1)[0] ?? '',
    )
    .registerFunction('string.findAll(string): list<string>', (text: string, pattern: string) => findAll(text, pattern))
    .registerFunction('string.findAll(string, int): list<string>', (text: string, pattern: string, limit: bigint) =>
      findAll(text, pattern, limit < 0n ? Number.POSITIVE_INFINITY : Number(limit)),
    )
    .registerFunction('string.charAt(int): string', (text: string, index: bigint) => charAt(text, index))
    .registerFunction('string.replace(string, string): string', (text: string, from: string, to: string) =>
      text.replaceAll(from, () => to),
    )
    .registerFunction('string.replace(string, string, int): string', replaceFirst)
    .registerFunction('string.reverse(): string', (text: string) => [...text].reverse().join(''))
    .registerFunction('quote(string): string', (text: string) => quoteGo(text));
}

function charAt(text: string, index: bigint): string {
  if (index < 0n || index > BigInt(text.length)) throw new Error(`index out of range: ${index}`);
  return text.charAt(Number(index));
}

function patternOf(pattern: string): RE2JS {
  const regexp = compilePattern(pattern);
  if (regexp instanceof Error) throw regexp;
  return regexp;
}

function found(text: string, pattern: string): boolean {
  return patternOf(pattern).matcher(text).find();
}

function findAll(text: string, pattern: string, limit = Number.POSITIVE_INFINITY): string[] {
  const matcher = patternOf(pattern).matcher(text);
  const matches: string[] = [];
  while (matches.length < limit && matcher.find()) matches.push(matcher.group() ?? '');
  return matches;
}
