import { createHash } from 'node:crypto';

/** How a recorded error is told; the very long ones by their ends. */
export interface ExpectedError {
  readonly error?: string;
  readonly errorPrefix?: string;
  readonly errorSuffix?: string;
  readonly errorLength?: number;
  readonly errorSha256?: string;
  readonly unordered?: boolean;
}

/** Words of libraries or of the system: there only the places and the last clause must stand. */
const foreign = [
  'template: ',
  'executing "',
  'parse error at',
  'YAML parse error',
  'converting YAML',
  'unmarshal',
  'json: ',
  'yaml: ',
  'no such file',
  '%!',
];
const place = /[\w./-]+\.(?:yaml|yml|tpl|txt|json):\d+(?::\d+)?|\bline \d+/g;

/** How the error that came differs from the recorded one, by the rules of the vectors; undefined when it does not. */
export function differsInError(expected: ExpectedError, actual: string): string | undefined {
  if (expected.error === undefined) return differsInLongError(expected, actual);
  const want = withoutHint(expected.error);
  const got = withoutHint(actual);
  if (want === got) return undefined;
  if (expected.unordered === true && bag(want) === bag(got)) return undefined;
  const reason = `error: expected ${JSON.stringify(want)}, got ${JSON.stringify(got)}`;
  if (!foreign.some((words) => want.includes(words))) return reason;
  const missing = (want.match(place) ?? []).filter((where) => !got.includes(where));
  return missing.length === 0 && got.includes(lastClause(want)) ? undefined : reason;
}

function withoutHint(text: string): string {
  return text.replace(/\n\nUse --debug flag to render out invalid YAML$/, '').trimEnd();
}

function bag(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .sort()
    .join('\n');
}

function lastClause(text: string): string {
  const at = Math.max(text.lastIndexOf(': ') + 2, text.lastIndexOf('\n') + 1);
  return text.slice(at).trim();
}

function differsInLongError(expected: ExpectedError, actual: string): string | undefined {
  const { errorPrefix = '', errorSuffix = '', errorSha256 } = expected;
  if (errorSha256 !== undefined && createHash('sha256').update(actual).digest('hex') === errorSha256) return undefined;
  const missing = (errorPrefix.match(place) ?? []).slice(0, 1).filter((where) => !actual.includes(where));
  if (missing.length === 0 && withoutHint(actual).includes(lastClause(withoutHint(errorSuffix)))) return undefined;
  return `error: expected one that ends ${JSON.stringify(errorSuffix.slice(-120))}, got ${JSON.stringify(actual.slice(-200))}`;
}
