// `croft check`: everything a machine can judge without running the code.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const bin = (name: string) => join(root, 'node_modules', '.bin', name);

/** Each check by name, with its command. */
const checks: readonly [string, string, string[]][] = [
  ['format and lint', bin('biome'), ['check', '--error-on-warnings', '.']],
  ['types', bin('tsc'), ['--noEmit']],
  ['layers', process.execPath, ['test/check-layers.ts']],
  ['dead code', bin('knip'), ['--no-progress', '--no-config-hints']],
  ['generated files', process.execPath, ['test/check-generated.ts']],
];

export interface CheckResult {
  passed: number;
  failed: number;
}

/** Runs every check and shows the output of those that fail. */
export function runChecks(): CheckResult {
  const result = { passed: 0, failed: 0 };
  for (const [name, command, args] of checks) {
    const begin = performance.now();
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8', timeout: 5 * 60_000 });
    const seconds = ((performance.now() - begin) / 1000).toFixed(1);
    console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)`);
    if (status === 0) result.passed += 1;
    else {
      result.failed += 1;
      console.log(`${stdout}\n${stderr}`.trim());
    }
  }
  return result;
}

if (import.meta.main) process.exitCode = runChecks().failed === 0 ? 0 : 1;
