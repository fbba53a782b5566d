import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replay } from '../kube-api/replay.ts';
import type { Scenario, Topic } from '../kube-api/scenario.ts';
import { createNamespaces, startTestServer, tokens } from '../kube-api/server.ts';
import type { CaseResult } from '../suite.ts';

const atOnce = 4;

/** Replays the recorded transcripts, each on a server of its own. `options`: topics to run alone, as `--TOPIC`. */
export async function* runSuite(dir: string, options: ReadonlySet<string> = new Set()): AsyncIterable<CaseResult> {
  const scenarios = readTopics(dir)
    .filter(({ topic }) => options.size === 0 || options.has(topic))
    .flatMap(({ scenarios: of }) => of);
  const queue = scenarios.values();
  const results: CaseResult[] = [];
  const work = async () => {
    for (const scenario of queue) results.push(await runScenario(scenario));
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  yield* results.sort((left, right) => (left.id < right.id ? -1 : 1));
}

function readTopics(dir: string): Topic[] {
  const files = readdirSync(dir).filter((name) => name.endsWith('.json'));
  return files.sort().map((name) => JSON.parse(readFileSync(join(dir, name), 'utf8')) as Topic);
}

async function runScenario(scenario: Scenario): Promise<CaseResult> {
  const { id, profile, namespaces = [] } = scenario;
  try {
    await using server = await startTestServer(profile);
    await createNamespaces(server, namespaces);
    const managedFields = id.startsWith('server-side-apply/') || id === 'crd/ssa';
    const options = { send: server.send, tokens, managedFields, patienceMs: 5_000 };
    const reason = await replay(scenario, options);
    return reason === undefined ? { id, passed: true } : { id, passed: false, reason };
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { id, passed: false, reason };
  }
}
