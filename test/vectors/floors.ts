import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

interface Floor {
  /** The folder below the vectors' own. */
  dir: string;
  /** How many passed when it was last raised: never fewer. */
  passed: number;
}

/** Runs every suite named in floors.json; a suite passes when it reaches its floor. */
export function runVectorSuites(): Promise<{ passed: number; failed: number }> {
  const vectors = process.env.CROFT_VECTORS ?? join(root, '..', 'shared', 'vectors');
  if (!existsSync(vectors))
    throw new Error(`the golden vectors are not at ${vectors}: name their folder in CROFT_VECTORS`);
  const floors = JSON.parse(readFileSync(join(import.meta.dirname, 'floors.json'), 'utf8')) as Record<string, Floor>;
  const result = { passed: 0, failed: 0 };
  for (const [suite, floor] of Object.entries(floors)) {
    if (runSuite(suite, join(vectors, floor.dir), floor.passed)) result.passed += 1;
    else result.failed += 1;
  }
  return Promise.resolve(result);
}

function runSuite(suite: string, dir: string, floor: number): boolean {
  const args = [join(import.meta.dirname, 'run.ts'), suite, '--dir', dir, '--json'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    timeout: 20 * 60_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) {
    console.log(`FAIL ${suite}: the suite did not run: ${stderr}`);
    return false;
  }
  const { passed, failed } = JSON.parse(stdout) as { passed: number; failed: number };
  const reached = passed >= floor;
  console.log(`${reached ? 'ok  ' : 'FAIL'} ${suite}: ${passed} of ${passed + failed} pass (floor ${floor})`);
  return reached;
}
