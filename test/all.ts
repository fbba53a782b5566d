// `croft test`: the one gate. Check, unit tests, vectors, integration and browser tests; then nothing may be left behind.
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { runChecks } from './check.ts';
import { findLeftovers, readHostState } from './support/leftovers.ts';
import { installTestPackages } from './support/packages.ts';
import { runVectorSuites } from './vectors/floors.ts';

const root = join(import.meta.dirname, '..');
const only = process.argv[2];
const totals = { passed: 0, failed: 0 };

/** The stages in order; `croft test NAME` runs one. */
const stages: Record<string, () => Promise<{ passed: number; failed: number }>> = {
  check: async () => runChecks(),
  unit: () =>
    runTests(
      ['words', 'engines', 'frames', 'features', 'programs'].map((layer) => `${layer}/**/*.test.ts`),
      2,
    ),
  vectors: () => runVectorSuites(),
  integration: () => runTests(['test/!(browser)/**/*.test.ts'], 1),
  browser: () => runTests(['test/browser/**/*.test.ts'], 1),
};

if (only !== undefined && !(only in stages)) {
  console.error(`croft test ${only}: there is no such stage; there are ${Object.keys(stages).join(', ')}`);
  process.exit(2);
}

installTestPackages();
const before = readHostState();
for (const [name, stage] of Object.entries(stages)) {
  if (only !== undefined && only !== name) continue;
  console.log(`\n== ${name}`);
  const { passed, failed } = await stage();
  totals.passed += passed;
  totals.failed += failed;
  console.log(`${name}: ${passed} passed, ${failed} failed`);
}
const leftovers = findLeftovers(before, readHostState());
if (leftovers.length > 0) {
  totals.failed += 1;
  console.log(`\nThe tests left behind:\n${leftovers.join('\n')}`);
}
console.log(`\n${totals.passed} passed, ${totals.failed} failed`);
process.exit(totals.failed === 0 ? 0 : 1);

async function runTests(patterns: string[], concurrency: number): Promise<{ passed: number; failed: number }> {
  const files = globSync(patterns, { cwd: root, exclude: (path) => path.includes('node_modules') })
    .map((file) => join(root, file))
    .sort();
  const result = { passed: 0, failed: 0 };
  if (files.length === 0) throw new Error(`there are no tests in ${patterns.join(', ')}`);
  const stream = run({ files, concurrency, timeout: 30 * 60_000 });
  stream.on('test:pass', ({ details }) => {
    if (details.type !== 'suite') result.passed += 1;
  });
  stream.on('test:fail', ({ details }) => {
    if (details.type !== 'suite') result.failed += 1;
  });
  const report = stream.compose(spec);
  report.pipe(process.stdout, { end: false });
  await new Promise((resolve) => report.on('end', resolve));
  return result;
}
