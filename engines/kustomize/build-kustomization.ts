import { resolve } from 'node:path';
import type { UnknownObject } from '@croft/api/object';
import { writeYaml } from '@croft/encoding/yaml/write';
import { errorMessage } from '@croft/foundation/errors';
import { accumulateTarget } from './build/accumulate.ts';
import { startAccumulator } from './build/accumulator.ts';
import { chooseSchema } from './build/choose-schema.ts';
import { type BuildContext, loadTarget, type Target } from './build/target.ts';
import { fieldSpec } from './config/field-spec.ts';
import { findBuiltinSchema } from './merge/merge-schema.ts';
import { localConfigAnnotation, originAnnotation, transformationsAnnotation } from './resource/build-annotations.ts';
import { removeAnnotation } from './resource/origin.ts';
import { validateMetadata } from './resource/read-resources.ts';
import { annotationOf, kindOf, nameOf, type Resource, removeBuildAnnotations } from './resource/resource.ts';
import type { ResourceList } from './resource/resource-list.ts';
import { openRoot } from './source/loader.ts';
import { createDiskReader, type SourceReader } from './source/reader.ts';
import type { FindRemote } from './source/remote.ts';
import { hashNames } from './transform/hash-names.ts';
import { applyEntries } from './transform/labels.ts';
import { fixNameReferences } from './transform/name-references.ts';
import { sortResources } from './transform/sort-order.ts';
import { resolveVariables } from './transform/variables.ts';
import { nodeToValue, toPlain, type Value } from './yaml/node-value.ts';

export interface BuildOptions {
  /** The folder that nothing is read from outside of. */
  readonly root: string;
  /** The folder of the kustomization, seen from the root. */
  readonly path: string;
  /** How files are read; from the disk below the root by default. */
  readonly reader?: SourceReader;
  /**
   * Builds as Flux does: the order of objects is that of the files, files need not be below the folder of their
   * kustomization, and schemas of an `openapi` field add to those of Kubernetes.
   */
  readonly flux?: boolean;
  /** Lets files be outside the folder of their kustomization: `--load-restrictor LoadRestrictionsNone`. */
  readonly unrestricted?: boolean;
  /** How addresses on other machines are followed; they are refused without it. */
  readonly findRemote?: FindRemote | undefined;
}

export interface BuildResult {
  readonly objects: UnknownObject[];
  /** The objects as `kustomize build` prints them. */
  readonly yaml: string;
  /** Warnings about fields that are on their way out. */
  readonly warnings: readonly string[];
}

/** What kustomize's builds without a version of their own, such as Debian's, say they are. */
const version = '(devel)';

/**
 * Builds a kustomization as kustomize 5.8.1 does. Charts and external plugins are refused. Throws with kustomize's words.
 */
export function buildKustomization(options: BuildOptions): BuildResult {
  const { list, warnings } = buildResources(options);
  const values = list.items.map((resource) => renderedValue(resource));
  return {
    objects: values.map((value) => toPlain(value) as UnknownObject),
    yaml: values.map((value) => writeYaml(value)).join('---\n'),
    warnings,
  };
}

function renderedValue({ node }: Resource): Value {
  try {
    return nodeToValue(node);
  } catch (error) {
    throw new Error(`${kindOf(node)} ${nameOf(node)}: ${errorMessage(error)}`);
  }
}

/** The objects of a build before they are written. */
export function buildResources(options: BuildOptions): { list: ResourceList; warnings: readonly string[] } {
  const { root, path, flux = false, unrestricted = flux } = options;
  const reader = options.reader ?? createDiskReader(root);
  const context: BuildContext = { warnings: [], addsSchemas: flux, findSchema: findBuiltinSchema, schemaChosen: false };
  const loader = openRoot(reader, resolve(root, path), !unrestricted, options.findRemote);
  const loaded = loadTarget(loader, context, undefined);
  const wantsOrigins = (loaded.kustomization.buildMetadata ?? []).length > 0;
  const target: Target = { ...loaded, origin: wantsOrigins ? {} : undefined };
  chooseSchema(context, target.kustomization, loader);
  const list = finishTarget(target);
  const order = target.kustomization.sortOptions ?? (flux ? undefined : { order: 'legacy' });
  if (order !== undefined) sortResources(list, order);
  cleanUp(list, target);
  return { list, warnings: context.warnings };
}

/** What is done once, when all kustomizations have been carried out. */
function finishTarget(target: Target): ResourceList {
  const { list, config, variables } = accumulateTarget(target, startAccumulator());
  hashNames(list);
  fixNameReferences(list, config.nameReference);
  resolveVariables(list, variables, config.varReference);
  list.dropEmpty();
  for (const { node } of list.items) validateMetadata(node);
  list.items = list.items.filter(({ node }) => (annotationOf(node, localConfigAnnotation) ?? 'false') === 'false');
  return list;
}

function cleanUp(list: ResourceList, { kustomization }: Target): void {
  const metadata = kustomization.buildMetadata ?? [];
  if (metadata.includes('managedByLabel')) {
    const labels = new Map([['app.kubernetes.io/managed-by', `kustomize-${version}`]]);
    applyEntries(list, labels, [fieldSpec('', 'metadata/labels', true)]);
  }
  for (const { node } of list.items) removeBuildAnnotations(node);
  if (!metadata.includes('originAnnotations')) removeAnnotation(list, originAnnotation);
  if (!metadata.includes('transformerAnnotations')) removeAnnotation(list, transformationsAnnotation);
}
