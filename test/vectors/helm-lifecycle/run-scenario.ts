import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { systemClock } from '@croft/foundation/clock';
import type { Json, JsonObject } from '@croft/foundation/json';
import { applyOp } from './apply-op.ts';
import { compareOutcome, findDifference } from './compare-step.ts';
import { idOf, readClusterIds, readState, type Scope, type State, scopeOf } from './look.ts';
import { readServerDefaults } from './normalize.ts';
import { runHelmStep } from './run-step.ts';
import type { Expected, ExpectedRelease, ExpectedStep, Generate, Scenario, Step } from './scenario.ts';
import { createNamespace, openWorld, type World } from './world.ts';

const patienceMs = 8_000;

/** What the objects and releases must be, kept from step to step. */
interface Wanted {
  readonly objects: Map<string, JsonObject>;
  readonly releases: Map<string, JsonObject>;
}

/** Plays a scenario as a version of Helm; tells the first difference, undefined when there is none. */
export async function runScenario(dir: string, name: string, helmVersion: 3 | 4): Promise<string | undefined> {
  const read = (file: string) => JSON.parse(readFileSync(join(dir, name, file), 'utf8'));
  const scenario = read('scenario.json') as Scenario;
  const { steps } = read(`expected.helm${helmVersion}.json`) as Expected;
  const base = await mkdtemp(join(tmpdir(), 'croft-lifecycle-'));
  try {
    await using world = await openWorld();
    const folder = prepareFolder(base, dir, name, scenario.generate);
    const clusterKinds = scenario.clusterKinds ?? [];
    const before = await readClusterIds(world.client, clusterKinds);
    before.add('Namespace//vec');
    for (const namespace of ['vec', ...(scenario.createNamespaces ?? [])]) {
      await createNamespace(world.client, namespace);
    }
    const scope = scopeOf(scenario, readServerDefaults(dir), before);
    const wanted: Wanted = { objects: new Map(), releases: new Map() };
    for (const [index, step] of scenario.steps.entries()) {
      const expected = steps[index];
      if (expected === undefined) return `step ${step.step}: nothing is expected of it`;
      const problem = await runStep({ world, scope, wanted, folder, helmVersion }, step, expected);
      if (problem !== undefined) return `step ${step.step}: ${problem}`;
    }
    return undefined;
  } finally {
    await rm(base, { recursive: true, force: true });
  }
}

interface Stage {
  world: World;
  scope: Scope;
  wanted: Wanted;
  folder: string;
  helmVersion: 3 | 4;
}

async function runStep(stage: Stage, step: Step, expected: ExpectedStep): Promise<string | undefined> {
  const { world, scope, wanted, folder } = stage;
  for (const op of step.ops ?? []) await applyOp(world.client, op);
  const helmVersion = step.program === undefined ? stage.helmVersion : step.program === 'helm4' ? 4 : 3;
  const args = (stage.helmVersion === 4 ? step.helm4 : undefined) ?? step.helm;
  if (args !== undefined) {
    const outcome = await runHelmStep(world, step, args, helmVersion, folder);
    const problem = compareOutcome(step, expected, outcome, folder);
    if (problem !== undefined) return problem;
  }
  if (step.settle !== undefined) await systemClock.wait(step.settle * 1000);
  advance(wanted, expected);
  return await lookUntilEqual(world, scope, wanted, expected);
}

function advance({ objects, releases }: Wanted, expected: ExpectedStep): void {
  for (const id of expected.gone ?? []) objects.delete(id);
  for (const { managers: _, ...object } of expected.changed ?? []) objects.set(idOf(object), object as JsonObject);
  const present = new Set(expected.releases.map(({ name }) => String(name)));
  for (const id of releases.keys()) if (!present.has(id)) releases.delete(id);
  for (const release of expected.releasesChanged ?? []) releases.set(idOfRelease(release), release);
}

function idOfRelease({ secret, namespace }: ExpectedRelease): string {
  return namespace === 'vec' ? String(secret.name) : `${namespace}/${secret.name}`;
}

async function lookUntilEqual(
  { client }: World,
  scope: Scope,
  wanted: Wanted,
  { objects }: ExpectedStep,
): Promise<string | undefined> {
  const until = systemClock.now() + patienceMs;
  for (;;) {
    const problem = compareState(wanted, objects, await readState(client, scope));
    if (problem === undefined || systemClock.now() > until) return problem;
    await systemClock.wait(50);
  }
}

function compareState(wanted: Wanted, ids: readonly string[], state: State): string | undefined {
  return (
    findDifference([...ids], [...state.objects.keys()].sort(), 'objects') ??
    findDifference(asRecord(wanted.objects), asRecord(state.objects), 'objects') ??
    findDifference(asRecord(wanted.releases), asRecord(state.releases), 'releases')
  );
}

function asRecord(map: ReadonlyMap<string, JsonObject>): Json {
  return Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A copy of the scenario's folder, beside the charts that all scenarios share. */
function prepareFolder(base: string, dir: string, name: string, generate: Generate | undefined): string {
  const folder = join(base, name);
  cpSync(join(dir, name), folder, { recursive: true });
  symlinkSync(join(dir, '_charts'), join(base, '_charts'));
  if (generate !== undefined) generateChart(folder, generate);
  return folder;
}

function generateChart(folder: string, { dir, chart, template, file, lines }: Generate): void {
  const write = (path: string, text: string) => {
    const full = join(folder, dir, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
  };
  const noise: string[] = [];
  for (let last = '0'; noise.length < lines; noise.push(last)) last = createHash('sha256').update(last).digest('hex');
  write('Chart.yaml', chart);
  write('templates/t.yaml', template);
  write(file, `${noise.join('\n')}\n`);
}
