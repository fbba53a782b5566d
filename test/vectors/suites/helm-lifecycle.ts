import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runScenario } from '../helm-lifecycle/run-scenario.ts';
import type { CaseResult } from '../suite.ts';

const atOnce = 4;
const flags = new Set(['helm4']);

/** Plays the scenarios with Croft's own helm, each on an API of its own. With `--helm4` as Helm 4; other options are names. */
export async function* runSuite(dir: string, options: ReadonlySet<string>): AsyncIterable<CaseResult> {
  const helmVersion = options.has('helm4') ? 4 : 3;
  const only = [...options].filter((option) => !flags.has(option));
  const names = readdirSync(dir)
    .filter((name) => existsSync(join(dir, name, `expected.helm${helmVersion}.json`)))
    .filter((name) => only.length === 0 || only.includes(name));
  const queue = names.sort().values();
  const results: CaseResult[] = [];
  const work = async () => {
    for (const id of queue) results.push(await play(dir, id, helmVersion));
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  yield* results.sort((left, right) => (left.id < right.id ? -1 : 1));
}

async function play(dir: string, id: string, helmVersion: 3 | 4): Promise<CaseResult> {
  try {
    const reason = await runScenario(dir, id, helmVersion);
    return reason === undefined ? { id, passed: true } : { id, passed: false, reason };
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { id, passed: false, reason };
  }
}
