import { writeYaml } from '@croft/encoding/yaml/write';
import { errorMessage } from '@croft/foundation/errors';
import { type FieldSpec, fieldSpec, mergeSpecs } from '../config/field-spec.ts';
import { fullSpec } from '../config/load-config.ts';
import type { TransformerConfig } from '../config/transformer-config.ts';
import type { LabelField, Patch } from '../kustomization/kustomization.ts';
import { applyImage } from '../transform/images.ts';
import { applyEntries } from '../transform/labels.ts';
import {
  applyLegacyJsonPatch,
  applyMergePatches,
  readLegacyJsonPatch,
  readMergePatches,
} from '../transform/legacy-patches.ts';
import { applyNamePrefix, applyNameSuffix } from '../transform/name-affix.ts';
import { applyNamespace } from '../transform/namespace.ts';
import { applyPatch, readPatch } from '../transform/patches.ts';
import { readReplacements } from '../transform/read-replacements.ts';
import { applyReplacements } from '../transform/replacements.ts';
import { applyReplicas } from '../transform/replicas.ts';
import { fromPlain, type Value } from '../yaml/node-value.ts';
import { builtinOrigin, type Target } from './target.ts';
import type { Transform, Transformer } from './transform.ts';

/** The transformers that the fields of a kustomization ask for, in the order in which they run. */
export function builtinTransformers(target: Target, config: TransformerConfig): Transformer[] {
  const { kustomization } = target;
  const {
    namespace = '',
    namePrefix = '',
    nameSuffix = '',
    commonAnnotations,
    replicas = [],
    images = [],
  } = kustomization;
  const some = (transforms: Transform[], kind: string): Transformer[] =>
    transforms.map((transform) => ({ transform, origin: builtinOrigin(target, kind) }));
  const when = (wanted: boolean, transform: Transform): Transform[] => (wanted ? [transform] : []);
  return [
    ...some(mergePatches(target), 'PatchStrategicMergeTransformer'),
    ...some(
      (kustomization.patches ?? []).map((patch) => configurePatch(target, patch)),
      'PatchTransformer',
    ),
    ...some(
      when(namespace !== '', (list) => applyNamespace(list, { namespace, specs: config.namespace })),
      'NamespaceTransformer',
    ),
    ...some(
      when(namePrefix !== '', (list) => applyNamePrefix(list, namePrefix, config.namePrefix)),
      'PrefixTransformer',
    ),
    ...some(
      when(nameSuffix !== '', (list) => applyNameSuffix(list, nameSuffix, config.nameSuffix)),
      'SuffixTransformer',
    ),
    ...some(labelTransforms(target, config), 'LabelTransformer'),
    ...some(
      when((commonAnnotations?.size ?? 0) > 0, (list) =>
        applyEntries(list, commonAnnotations ?? new Map(), config.commonAnnotations),
      ),
      'AnnotationsTransformer',
    ),
    ...some(
      (kustomization.patchesJson6902 ?? []).map((patch) => configureJsonPatch(target, patch)),
      'PatchJson6902Transformer',
    ),
    ...some(
      replicas.map((replica) => (list) => applyReplicas(list, replica, config.replicas)),
      'ReplicaCountTransformer',
    ),
    ...some(
      images.map((image) => (list) => applyImage(list, image, config.images)),
      'ImageTagTransformer',
    ),
    ...some(replacementTransforms(target), 'ReplacementTransformer'),
  ];
}

/** Names the transformer and its configuration when it cannot be set up. */
function configure<T>(kind: string, config: object, run: (text: string) => T): T {
  const given = Object.entries(config).filter(([, value]) => value !== '');
  const text = writeYaml(fromPlain(Object.fromEntries(given)) as Value);
  try {
    return run(text);
  } catch (error) {
    throw new Error(`trouble configuring builtin ${kind} with config: \`\n${text}\`: ${errorMessage(error)}`);
  }
}

function mergePatches({ kustomization, loader, context }: Target): Transform[] {
  const paths = kustomization.patchesStrategicMerge ?? [];
  if (paths.length === 0) return [];
  const patches = configure('PatchStrategicMergeTransformer', { paths }, () => readMergePatches(paths, '', loader));
  return [(list) => applyMergePatches(list, patches, context.findSchema)];
}

function configurePatch({ loader, context }: Target, patch: Patch): Transform {
  const read = configure('PatchTransformer', patch, (text) => readPatch(patch, loader, text));
  return (list) => applyPatch(list, read, context.findSchema);
}

function configureJsonPatch({ loader }: Target, patch: Patch): Transform {
  const { patch: jsonOp, ...rest } = patch;
  const config = jsonOp === undefined ? rest : { ...rest, jsonOp };
  const read = configure('PatchJson6902Transformer', config, () => readLegacyJsonPatch(patch, loader));
  return (list) => applyLegacyJsonPatch(list, read);
}

/** One for each entry of `labels`, and one for `commonLabels`, if there is either. */
function labelTransforms({ kustomization }: Target, config: TransformerConfig): Transform[] {
  const { labels = [], commonLabels = new Map<string, string>() } = kustomization;
  if (labels.length === 0 && commonLabels.size === 0) return [];
  return [
    ...labels.map((label): Transform => {
      const specs = labelSpecs(label, config);
      return (list) => applyEntries(list, label.pairs ?? new Map(), specs);
    }),
    (list) => applyEntries(list, commonLabels, config.commonLabels),
  ];
}

function labelSpecs(
  { fields = [], includeSelectors, includeTemplates }: LabelField,
  config: TransformerConfig,
): FieldSpec[] {
  try {
    const own = mergeSpecs(fields.map(fullSpec), config.labels);
    if (includeSelectors === true) return mergeSpecs(own, config.commonLabels);
    const templates = includeTemplates === true ? mergeSpecs(own, config.templateLabels) : own;
    return mergeSpecs(templates, [fieldSpec('', 'metadata/labels', true)]);
  } catch (error) {
    throw new Error(`failed to merge labels: ${errorMessage(error)}`);
  }
}

function replacementTransforms({ kustomization, loader }: Target): Transform[] {
  const entries = kustomization.replacements ?? [];
  if (entries.length === 0) return [];
  const replacements = configure('ReplacementTransformer', { Replacements: entries }, () =>
    readReplacements(entries, loader),
  );
  return [(list) => applyReplacements(list, replacements)];
}
