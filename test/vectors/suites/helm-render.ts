import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CaseResult, firstDifference } from '../suite.ts';
import { differsInError, type ExpectedError } from './helm-error.ts';
import { runTables } from './helm-render-tables.ts';
import { type TemplateArguments, template } from './helm-template.ts';

interface Expected extends ExpectedError {
  readonly exitCode: number;
  /** The file that holds what is printed. */
  readonly stdout?: string;
}

interface StoredHook {
  readonly name: string;
  readonly kind: string;
  readonly path: string;
  readonly events?: readonly string[];
  readonly weight?: number;
  readonly delete_policies?: readonly string[];
  readonly output_log_policies?: readonly string[];
  readonly manifest: string;
}

interface RenderCase {
  readonly args: TemplateArguments;
  readonly helm3: Expected;
  readonly helm4: Expected;
  readonly release?: {
    readonly notes?: string;
    readonly notesUnordered?: string;
    readonly hooks?: readonly StoredHook[];
  };
}

/**
 * Renders every case as `helm template` and compares what is printed byte for byte, and errors by their rules; then the
 * tables. As Helm 3, with `--helm4` as Helm 4.
 */
export async function* runSuite(dir: string, options: ReadonlySet<string>): AsyncIterable<CaseResult> {
  const helmVersion = options.has('helm4') ? 4 : 3;
  for (const name of readdirSync(dir).sort()) {
    if (existsSync(join(dir, name, 'case.json'))) yield await runCase(dir, name, helmVersion);
  }
  const tables = join(dir, '_tables');
  if (existsSync(tables)) yield* runTables(tables, helmVersion);
}

async function runCase(dir: string, id: string, helmVersion: 3 | 4): Promise<CaseResult> {
  const folder = join(dir, id);
  const vector = JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8')) as RenderCase;
  const expected = helmVersion === 4 ? vector.helm4 : vector.helm3;
  const result = await template(folder, vector.args, helmVersion);
  const reason =
    expected.exitCode === 0
      ? differsInOutput(folder, expected, result)
      : 'error' in result
        ? differsInError(expected, result.error.replaceAll(folder, '<case>'))
        : 'succeeded, but must fail';
  if (reason !== undefined) return { id, passed: false, reason };
  const stored =
    helmVersion === 3 ? differsInRelease(vector, await template(folder, installArguments(vector.args), 3)) : undefined;
  return stored === undefined ? { id, passed: true } : { id, passed: false, reason: stored };
}

type Result = Awaited<ReturnType<typeof template>>;

function differsInOutput(folder: string, expected: Expected, result: Result): string | undefined {
  if ('error' in result) return `failed: ${result.error}`;
  const text = expected.stdout === undefined ? '' : readFileSync(join(folder, expected.stdout), 'utf8');
  return firstDifference(text, result.stdout);
}

/** Without the flags that only `helm template` has. */
function installArguments(args: TemplateArguments): TemplateArguments {
  const { apiVersions, kubeVersion, includeCrds, isUpgrade, showOnly, skipTests, noHooks, ...rest } = args;
  return rest;
}

/** Helm puts the notes of several charts together in any order. */
function sortedLines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .sort()
    .join('\n');
}

function differsInRelease(vector: RenderCase, result: Result): string | undefined {
  const { release } = vector;
  if (release === undefined || 'error' in result) return undefined;
  const order = vector.args.renderSubchartNotes === true ? sortedLines : (text: string) => text;
  const notes = firstDifference(order(release.notes ?? ''), order(result.rendered.notes));
  if (notes !== undefined) return `notes: ${notes}`;
  const hooks = result.rendered.hooks.map((hook) => ({
    name: hook.name,
    kind: hook.kind,
    path: hook.path,
    events: hook.events,
    weight: hook.weight,
    deletePolicies: hook.deletePolicies,
    outputLogPolicies: hook.outputLogPolicies,
    manifest: hook.content.trimEnd(),
  }));
  const wanted = (release.hooks ?? []).map((hook) => ({
    name: hook.name,
    kind: hook.kind,
    path: hook.path,
    events: hook.events ?? [],
    weight: hook.weight ?? 0,
    deletePolicies: hook.delete_policies ?? [],
    outputLogPolicies: hook.output_log_policies ?? [],
    manifest: hook.manifest,
  }));
  const difference = firstDifference(JSON.stringify(wanted), JSON.stringify(hooks));
  return difference === undefined ? undefined : `hooks: ${difference}`;
}
