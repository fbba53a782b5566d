import { existsSync, realpathSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { CaseResult, SuiteModule } from './suite.ts';

const usage = 'usage: npm run --silent vectors -- SUITE --dir DIR [--json] [--only ID] [--FLAG...]';

interface Arguments {
  readonly suite: string;
  readonly dir: string;
  readonly json: boolean;
  readonly only: string | undefined;
  readonly options: ReadonlySet<string>;
}

interface Report {
  suite: string;
  passed: number;
  failed: number;
  failures: { id: string; reason: string }[];
}

function readArguments(argv: string[]): Arguments {
  const { values, positionals } = parseArgs({
    args: argv,
    options: { dir: { type: 'string' }, json: { type: 'boolean' }, only: { type: 'string' } },
    allowPositionals: true,
    strict: false,
  });
  const { dir, json, only, ...rest } = values;
  const [suite] = positionals;
  if (suite === undefined || typeof dir !== 'string' || !/^[a-z-]+$/.test(suite)) throw new Error(usage);
  return {
    suite,
    dir: realpathSync(dir), // cases name files by their real paths
    json: json === true,
    only: typeof only === 'string' ? only : undefined,
    options: new Set(Object.keys(rest)),
  };
}

/** Suites are loaded when they are asked for: one that is broken does not stand in another's way. */
async function loadSuite(name: string): Promise<SuiteModule> {
  const file = new URL(`./suites/${name}.ts`, import.meta.url);
  if (!existsSync(file)) throw new Error(`there is no suite "${name}"`);
  return (await import(file.href)) as SuiteModule;
}

function addResult(report: Report, result: CaseResult): void {
  if (result.passed) report.passed++;
  else {
    report.failed++;
    const reason = (result.reason ?? 'no reason given').replaceAll('\n', ' ');
    report.failures.push({ id: result.id, reason });
  }
}

function printReport(report: Report, json: boolean): void {
  if (json) {
    console.log(JSON.stringify(report));
    return;
  }
  for (const { id, reason } of report.failures) console.log(`${id}: ${reason}`);
  console.log(`${report.suite}: ${report.passed} passed, ${report.failed} failed`);
}

/** Exits 0 when the suite ran, whatever it found. */
async function main(): Promise<void> {
  const { suite, dir, json, only, options } = readArguments(process.argv.slice(2));
  const { runSuite } = await loadSuite(suite);
  const report: Report = { suite, passed: 0, failed: 0, failures: [] };
  for await (const result of runSuite(dir, options)) {
    if (only === undefined || result.id.includes(only)) addResult(report, result);
  }
  printReport(report, json);
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
