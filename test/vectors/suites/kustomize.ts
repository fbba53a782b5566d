import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorMessage } from '@croft/foundation/errors';
import { buildFluxKustomization } from '@croft/kustomize/build-flux';
import { buildKustomization } from '@croft/kustomize/build-kustomization';
import { type CaseResult, firstDifference } from '../suite.ts';

interface KustomizeCase {
  readonly root: string;
  readonly flags: readonly string[];
}

/** Builds each case and compares the bytes; `--flux` builds as Flux does. Of errors the last clause must agree. */
export async function* runSuite(dir: string, options: ReadonlySet<string>): AsyncIterable<CaseResult> {
  const flux = options.has('flux');
  for (const id of readdirSync(dir).sort()) {
    const folder = join(dir, id);
    if (existsSync(join(folder, 'case.json'))) yield runCase(id, folder, flux);
  }
}

function runCase(id: string, folder: string, flux: boolean): CaseResult {
  const input = join(folder, 'input');
  const spec = JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8')) as KustomizeCase;
  const result = build(input, spec, flux);
  return compareBuild(id, expectedOf(folder, flux), { ...result, root: input });
}

function build(input: string, { root, flags }: KustomizeCase, flux: boolean): { yaml: string } | { error: string } {
  try {
    if (flux) return { yaml: buildFluxKustomization({ root: input, path: root }).yaml };
    const unrestricted = flags.includes('LoadRestrictionsNone');
    return { yaml: buildKustomization({ root: input, path: root, unrestricted }).yaml };
  } catch (error) {
    return { error: errorMessage(error) };
  }
}

interface Expected {
  readonly yaml?: string | undefined;
  readonly error?: string | undefined;
}

/** What Flux does otherwise stands in files of its own. */
function expectedOf(folder: string, flux: boolean): Expected {
  const read = (name: string): string | undefined => {
    const path = join(folder, name);
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  };
  const own: Expected = flux ? { yaml: read('expected-flux.yaml'), error: read('expected-flux-error.txt') } : {};
  if (own.yaml !== undefined || own.error !== undefined) return own;
  return { yaml: read('expected.yaml'), error: read('expected-error.txt') };
}

type Actual = ({ readonly yaml: string } | { readonly error: string }) & { readonly root: string };

/** Compares what a build gave with what it should give. */
export function compareBuild(id: string, expected: Expected, actual: Actual): CaseResult {
  if (expected.yaml !== undefined) {
    if ('error' in actual) return { id, passed: false, reason: `failed: ${actual.error}` };
    const reason = firstDifference(expected.yaml, actual.yaml);
    return reason === undefined ? { id, passed: true } : { id, passed: false, reason };
  }
  const wanted = lastClause(expected.error ?? '');
  if (!('error' in actual)) return { id, passed: false, reason: `succeeded; expected an error: ${wanted}` };
  const got = lastClause(actual.error.replaceAll(actual.root, '<root>'));
  if (got === wanted) return { id, passed: true };
  return { id, passed: false, reason: `expected error "${wanted}", got "${got}"` };
}

/** Warnings that were printed before an error are no part of it. */
function lastClause(error: string): string {
  const text = error
    .replace(/^(# Warning|\d{4}\/\d\d\/\d\d ).*\n/gm, '')
    .trim()
    .replaceAll('\n', ' ');
  return text.slice(text.lastIndexOf(': ') + 1).trim();
}
