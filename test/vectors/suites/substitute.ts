import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorMessage } from '@croft/foundation/errors';
import { buildFluxKustomization } from '@croft/kustomize/build-flux';
import type { FluxSpec } from '@croft/kustomize/flux/generate-kustomization';
import { substituteVariables } from '@croft/kustomize/flux/substitute-variables';
import { type CaseResult, firstDifference } from '../suite.ts';
import { compareBuild } from './kustomize.ts';

interface SubstituteCase {
  readonly id: string;
  readonly vars: Readonly<Record<string, string>>;
  readonly strict: boolean;
  readonly input: string;
  readonly output?: string;
  readonly error?: string;
}

interface BuildCase {
  readonly path: string;
  readonly spec: FluxSpec & { readonly postBuild?: { readonly substitute?: Readonly<Record<string, string>> } };
  readonly strict: boolean;
}

/** Puts variables into texts, and builds folders as Flux does. */
export async function* runSuite(dir: string): AsyncIterable<CaseResult> {
  for (const line of readFileSync(join(dir, 'substitute.jsonl'), 'utf8').split('\n')) {
    if (line !== '') yield runSubstitution(JSON.parse(line) as SubstituteCase);
  }
  for (const id of readdirSync(join(dir, 'build')).sort()) yield runBuild(`build/${id}`, join(dir, 'build', id));
}

function runSubstitution({ id, vars, strict, input, output, error }: SubstituteCase): CaseResult {
  let actual: string;
  try {
    actual = substituteVariables(input, new Map(Object.entries(vars)), { strict });
  } catch (problem) {
    const got = errorMessage(problem);
    if (error !== undefined && (got === error || error.startsWith('panic: '))) return { id, passed: true };
    return { id, passed: false, reason: `expected ${error ?? JSON.stringify(output)}, got error ${got}` };
  }
  if (output === undefined)
    return { id, passed: false, reason: `expected error ${error}, got ${JSON.stringify(actual)}` };
  const reason = firstDifference(output, actual);
  return reason === undefined ? { id, passed: true } : { id, passed: false, reason };
}

function runBuild(id: string, folder: string): CaseResult {
  const input = join(folder, 'input');
  const { path, spec, strict } = JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8')) as BuildCase;
  const read = (name: string): string | undefined => {
    const file = join(folder, name);
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  };
  const expected = { yaml: read('expected.yaml'), error: read('expected-error.txt') };
  const variables = new Map(Object.entries(spec.postBuild?.substitute ?? {}));
  try {
    const built = buildFluxKustomization({ root: input, path, spec, postBuild: { variables, strict } });
    const file = read('effective-kustomization.yaml');
    const reason = file === undefined ? undefined : firstDifference(file, built.kustomization);
    if (reason !== undefined) return { id, passed: false, reason: `kustomization file: ${reason}` };
    return compareBuild(id, expected, { yaml: built.yaml, root: input });
  } catch (error) {
    const text = errorMessage(error).replaceAll(input, '<root>').replaceAll(dirname(input), '<parent>');
    return compareBuild(id, expected, { error: text, root: input });
  }
}
