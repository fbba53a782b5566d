/** What a suite finds of one case; `reason` is one line that shows the first difference. */
export interface CaseResult {
  readonly id: string;
  readonly passed: boolean;
  readonly reason?: string;
}

/** Every suite module exports `runSuite`. `options` are the flags that the runner does not know itself. */
export interface SuiteModule {
  readonly runSuite: (dir: string, options: ReadonlySet<string>) => AsyncIterable<CaseResult>;
}

const shown = 60;

/** One line that shows where two texts part; undefined when they are equal. */
export function firstDifference(expected: string, actual: string): string | undefined {
  if (expected === actual) return undefined;
  let at = 0;
  while (at < expected.length && expected[at] === actual[at]) at++;
  const line = expected.slice(0, at).split('\n').length;
  const start = Math.max(0, at - 20);
  const excerpt = (text: string): string => JSON.stringify(text.slice(start, at + shown));
  return `line ${line}: expected ${excerpt(expected)}, got ${excerpt(actual)}`;
}
