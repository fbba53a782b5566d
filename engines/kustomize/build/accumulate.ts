import { errorMessage } from '@croft/foundation/errors';
import { loadCrdConfig } from '../config/crd-config.ts';
import { fieldSpec } from '../config/field-spec.ts';
import { loadConfigurations } from '../config/load-config.ts';
import { defaultConfig, mergeConfigs } from '../config/transformer-config.ts';
import { originAnnotation } from '../resource/build-annotations.ts';
import { renderOrigin } from '../resource/origin.ts';
import { readResources } from '../resource/read-resources.ts';
import type { Resource } from '../resource/resource.ts';
import { ResourceList } from '../resource/resource-list.ts';
import { loadText, openBase } from '../source/loader.ts';
import { applyEntries } from '../transform/labels.ts';
import { inFile } from '../transform/legacy-patches.ts';
import { formatVariables, fullVariable, markSource, mergeVariables } from '../transform/variables.ts';
import { type Accumulator, mergeAccumulators, startAccumulator } from './accumulator.ts';
import { chooseSchema } from './choose-schema.ts';
import { runGenerators } from './run-generators.ts';
import { runTransformers, runValidators } from './run-transformers.ts';
import { appendOrigin, loadTarget, type Target } from './target.ts';

/** Carries out a kustomization: resources, generators, components, transformers, validators, variables, in this order. */
export function accumulateTarget(target: Target, into: Accumulator): Accumulator {
  const { kustomization, loader } = target;
  within('accumulating resources', () =>
    into.list.whileAppending(() => accumulateResources(target, into, kustomization.resources ?? [])),
  );
  into.config = mergeConfigs(into.config, mergeConfigs(defaultConfig, loadConfigurations(loader, kustomization)));
  into.config = mergeConfigs(into.config, loadCrdConfig(loader, kustomization.crds ?? []));
  runGenerators(target, into.list, readPlugins);
  const accumulator = within('accumulating components', () =>
    accumulateComponents(target, into, kustomization.components ?? []),
  );
  runTransformers(target, accumulator, readPlugins);
  runValidators(target, accumulator, readPlugins);
  within(`merging vars ${formatVariables(kustomization.vars ?? [])}`, () => addVariables(target, accumulator));
  return accumulator;
}

function addVariables({ kustomization }: Target, into: Accumulator): void {
  const variables = (kustomization.vars ?? []).map(fullVariable);
  for (const variable of variables) markSource(into.list, variable);
  into.variables = mergeVariables(into.variables, variables);
}

function within<T>(place: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw new Error(`${place}: ${errorMessage(error)}`);
  }
}

/** Each path is a file of objects, or else the folder of another kustomization. */
function accumulateResources(target: Target, into: Accumulator, paths: readonly string[]): void {
  for (const path of paths) {
    const problem = accumulateFile(target, into.list, path);
    if (problem === undefined) continue;
    try {
      const loader = openBase(target.loader, path);
      try {
        mergeDirectory(target, into, path, loader);
      } catch (error) {
        throw new FolderError(errorMessage(error));
      }
    } catch (error) {
      const malformed = problem.includes('MalformedYAMLError') && !(error instanceof FolderError);
      throw new Error(malformed ? problem : `accumulation err='${problem}': ${errorMessage(error)}`);
    }
  }
}

/** An error in a kustomization that was found. */
class FolderError extends Error {
  override readonly name = 'FolderError';
}

/** The problem when the path is no file of objects. */
function accumulateFile(target: Target, list: ResourceList, path: string): string | undefined {
  let resources: Resource[];
  try {
    const text = loadText(target.loader, path);
    resources = readFrom(text, path);
  } catch (error) {
    return `accumulating resources from '${path}': ${errorMessage(error)}`;
  }
  try {
    if (target.origin !== undefined) annotate(resources, renderOrigin(appendOrigin(target.origin, path)));
    list.append(resources);
    return undefined;
  } catch (error) {
    return `merging resources from '${path}': ${errorMessage(error)}`;
  }
}

function readFrom(text: string, path: string): Resource[] {
  try {
    return new ResourceList(readResources(text)).items;
  } catch (error) {
    throw inFile(error, path);
  }
}

const annotations = [fieldSpec('', 'metadata/annotations', true)];

function annotate(resources: readonly Resource[], origin: string): void {
  applyEntries(new ResourceList(resources), new Map([[originAnnotation, origin]]), annotations);
}

function openTarget(target: Target, path: string, loader: Target['loader']): Target {
  const origin = target.origin === undefined ? undefined : appendOrigin(target.origin, path);
  const sub = within(`couldn't make target for path '${loader.root}'`, () =>
    loadTarget(loader, target.context, origin),
  );
  const { buildMetadata: _, ...rest } = sub.kustomization;
  const { buildMetadata } = target.kustomization;
  const inherited = buildMetadata === undefined ? {} : { buildMetadata };
  chooseSchema(target.context, sub.kustomization, loader);
  return { ...sub, kustomization: { ...rest, ...inherited } };
}

function mergeDirectory(target: Target, into: Accumulator, path: string, loader: Target['loader']): void {
  const sub = openTarget(target, path, loader);
  if (sub.kustomization.kind === 'Component') throw new Error(`expected kind != 'Component' for path '${loader.root}'`);
  const result = within(`recursed accumulation of path '${loader.root}'`, () =>
    accumulateTarget(sub, startAccumulator()),
  );
  within(`recursed merging from path '${loader.root}'`, () => mergeAccumulators(into, result));
}

/** Components change what has been accumulated, as if they stood in the kustomization itself. */
function accumulateComponents(target: Target, into: Accumulator, paths: readonly string[]): Accumulator {
  let accumulator = into;
  for (const path of paths) {
    let loader: Target['loader'];
    try {
      loader = openBase(target.loader, path);
    } catch (error) {
      throw new Error(`loader.New ${JSON.stringify(errorMessage(error))}`);
    }
    try {
      accumulator = runComponent(target, accumulator, path, loader);
    } catch (error) {
      throw new Error(`accumulateDirectory: ${JSON.stringify(errorMessage(error))}`);
    }
  }
  return accumulator;
}

function runComponent(target: Target, into: Accumulator, path: string, loader: Target['loader']): Accumulator {
  const sub = openTarget(target, path, loader);
  const { kind } = sub.kustomization;
  if (kind !== 'Component') throw new Error(`expected kind 'Component' for path '${loader.root}' but got '${kind}'`);
  const result = within(`recursed accumulation of path '${loader.root}'`, () => accumulateTarget(sub, into));
  const fresh = startAccumulator();
  within(`recursed merging from path '${loader.root}'`, () => mergeAccumulators(fresh, result));
  return fresh;
}

/** The objects that configure plugins: each entry is YAML, or a path to files or kustomizations of it. */
function readPlugins(target: Target, entries: readonly string[]): ResourceList {
  const accumulator = startAccumulator();
  const paths: string[] = [];
  for (const entry of entries) {
    let inline: Resource[];
    try {
      inline = new ResourceList(readResources(entry)).items;
    } catch {
      paths.push(entry);
      continue;
    }
    if (target.origin !== undefined) annotate(inline, renderOrigin(appendOrigin(target.origin, target.fileName)));
    accumulator.list.append(inline);
  }
  accumulateResources(target, accumulator, paths);
  return accumulator.list;
}
