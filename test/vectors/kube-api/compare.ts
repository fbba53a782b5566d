import { isJsonObject } from '@croft/foundation/json';
import { type Bindings, matchText } from './placeholders.ts';

export interface CompareOptions {
  readonly goText?: boolean;
  readonly unorderedMessage?: boolean;
  readonly fewer?: readonly string[];
}

/** Where two values part, as one line; undefined when they agree. */
export function compare(
  expected: unknown,
  actual: unknown,
  bindings: Bindings,
  options: CompareOptions = {},
  path = '',
): string | undefined {
  if (typeof expected === 'string') return compareText(expected, actual, bindings, options, path);
  if (Array.isArray(expected)) return compareLists(expected, actual, bindings, options, path);
  if (isJsonObject(expected)) {
    if (!isJsonObject(actual)) return tell(path, expected, actual);
    for (const key of Object.keys(expected)) {
      const problem = compare(expected[key], actual[key], bindings, options, path === '' ? key : `${path}.${key}`);
      if (problem !== undefined) return problem;
    }
    for (const key of Object.keys(actual)) {
      if (!(key in expected)) return `${path}.${key}: expected nothing, got ${short(actual[key])}`;
    }
    return undefined;
  }
  return expected === (actual ?? null) ? undefined : tell(path, expected, actual);
}

function compareText(
  expected: string,
  actual: unknown,
  bindings: Bindings,
  options: CompareOptions,
  path: string,
): string | undefined {
  const text = typeof actual === 'number' ? String(actual) : actual;
  if (typeof text !== 'string') return tell(path, expected, actual);
  const isMessage = path === 'message' || /^details\.causes\.\d+\.message$/.test(path);
  if (isMessage && options.goText) return undefined;
  if (path === 'message' && options.unorderedMessage) {
    const words = (value: string) =>
      value
        .split(/[\s,[\]]+/)
        .sort()
        .join(' ');
    return words(expected) === words(text) ? undefined : tell(path, expected, text);
  }
  const problem = matchText(expected, text, bindings);
  if (problem === undefined) return undefined;
  return problem.includes(':') ? `${path}: ${problem}` : tell(path, expected, text);
}

function compareLists(
  expected: readonly unknown[],
  actual: unknown,
  bindings: Bindings,
  options: CompareOptions,
  path: string,
): string | undefined {
  if (!Array.isArray(actual)) return tell(path, expected, actual);
  const wanted = options.fewer?.includes(path) ? fewer(expected, actual) : expected;
  for (let index = 0; index < Math.max(wanted.length, actual.length); index += 1) {
    if (index >= actual.length) return `${path}.${index}: expected ${short(wanted[index])}, got nothing`;
    if (index >= wanted.length) return `${path}.${index}: expected nothing, got ${short(actual[index])}`;
    const problem = compare(wanted[index], actual[index], bindings, options, `${path}.${index}`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Elements that the server does not have are no difference. */
function fewer(expected: readonly unknown[], actual: readonly unknown[]): unknown[] {
  const nameOf = (item: unknown) => (isJsonObject(item) ? item.name : item);
  const names = new Set(actual.map(nameOf));
  return expected.filter((item) => names.has(nameOf(item)));
}

const tell = (path: string, expected: unknown, actual: unknown): string =>
  `${path}: expected ${short(expected)}, got ${short(actual)}`;

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 400 ? `${text.slice(0, 400)}...` : text;
}
