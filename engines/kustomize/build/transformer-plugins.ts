import type { FieldSpec } from '../config/field-spec.ts';
import { fullSpec } from '../config/load-config.ts';
import { decodeLoose } from '../kustomization/decode.ts';
import type { Image, Patch, Replacement } from '../kustomization/kustomization.ts';
import {
  fieldSpecShape,
  fieldSpecsShape,
  imageShape,
  listOf,
  objectMetaShape,
  patchShape,
  replacementFieldShape,
  replicaShape,
  type Shape,
  type StructShape,
  selectorShape,
} from '../kustomization/shape.ts';
import { gvkOf, kindOf, type Resource } from '../resource/resource.ts';
import { formatGvk } from '../resource/resource-id.ts';
import { hashNames } from '../transform/hash-names.ts';
import { applyImage } from '../transform/images.ts';
import { applyEntries } from '../transform/labels.ts';
import {
  applyLegacyJsonPatch,
  applyMergePatches,
  readLegacyJsonPatch,
  readMergePatches,
} from '../transform/legacy-patches.ts';
import { applyNamePrefix, applyNameSuffix } from '../transform/name-affix.ts';
import { applyNamespace, validateSubjectMode } from '../transform/namespace.ts';
import { applyPatch, readPatch } from '../transform/patches.ts';
import { readReplacements } from '../transform/read-replacements.ts';
import { applyReplacements } from '../transform/replacements.ts';
import { applyReplicas } from '../transform/replicas.ts';
import { addValues, type ValueTarget } from '../transform/value-add.ts';
import { configurePlugin, validateBuiltin } from './plugin.ts';
import type { Target } from './target.ts';
import type { Transform } from './transform.ts';

/** What a plugin's object may say; each plugin reads its own part. */
interface Config extends Patch {
  readonly metadata?: { readonly namespace?: string };
  readonly fieldSpecs?: readonly Partial<FieldSpec>[];
  readonly labels?: ReadonlyMap<string, string>;
  readonly annotations?: ReadonlyMap<string, string>;
  readonly prefix?: string;
  readonly suffix?: string;
  readonly imageTag?: Image;
  readonly replica?: { readonly name?: string; readonly count?: number };
  readonly replacements?: readonly Replacement[];
  readonly jsonOp?: string;
  readonly paths?: readonly string[];
  readonly patches?: string;
  readonly unsetOnly?: boolean;
  readonly setRoleBindingSubjects?: string;
  readonly value?: string;
  readonly targets?: readonly ValueTarget[];
  readonly targetFilePath?: string;
}

type Configure = (config: Config, specs: readonly FieldSpec[], target: Target, text: string) => Transform;

const text: Shape = { is: 'text' };
const textMap: Shape = { is: 'map', of: text, goType: 'map[string]string' };
const valueTarget: StructShape = {
  is: 'struct',
  name: 'Target',
  fields: { selector: selectorShape, fieldPath: text, filePathPosition: { is: 'number' } },
};

const configShape: StructShape = {
  is: 'struct',
  name: 'Plugin',
  fields: {
    ...patchShape.fields,
    metadata: objectMetaShape,
    fieldSpecs: fieldSpecsShape,
    labels: textMap,
    annotations: textMap,
    prefix: text,
    suffix: text,
    imageTag: imageShape,
    replica: replicaShape,
    replacements: { is: 'list', of: replacementFieldShape, goType: '[]types.ReplacementField' },
    jsonOp: text,
    paths: { is: 'list', of: text, goType: '[]string' },
    patches: text,
    unsetOnly: { is: 'flag' },
    setRoleBindingSubjects: text,
    value: text,
    targets: { is: 'list', of: valueTarget, goType: '[]builtins.Target' },
    targetFilePath: text,
  },
};

/** Prefixes and suffixes are read by go-yaml itself, to which every scalar is a text. */
const specsOfTexts = listOf({ is: 'struct', name: 'FieldSpec', fields: fieldSpecShape.fields });
const affixShape: StructShape = { ...configShape, fields: { ...configShape.fields, fieldSpecs: specsOfTexts } };

const prefix: Configure = (config, specs) => (list) => applyNamePrefix(list, config.prefix ?? '', specs);
const suffix: Configure = (config, specs) => (list) => applyNameSuffix(list, config.suffix ?? '', specs);

const plugins: Readonly<Record<string, Configure>> = {
  AnnotationsTransformer: (config, specs) => (list) => applyEntries(list, config.annotations ?? new Map(), specs),
  LabelTransformer: (config, specs) => (list) => applyEntries(list, config.labels ?? new Map(), specs),
  PrefixTransformer: prefix,
  SuffixTransformer: suffix,
  PrefixSuffixTransformer: (...args) => {
    const both = [prefix(...args), suffix(...args)];
    return (list) => {
      for (const transform of both) transform(list);
    };
  },
  HashTransformer: () => hashNames,
  ImageTagTransformer: (config, specs) => (list) => applyImage(list, config.imageTag ?? {}, specs),
  NamespaceTransformer: configureNamespace,
  PatchJson6902Transformer: ({ jsonOp = '', ...config }, _, { loader }) => {
    const patch = readLegacyJsonPatch({ ...config, patch: jsonOp }, loader);
    return (list) => applyLegacyJsonPatch(list, patch);
  },
  PatchStrategicMergeTransformer: (config, _, { loader, context }) => {
    const patches = readMergePatches(config.paths ?? [], config.patches ?? '', loader);
    return (list) => applyMergePatches(list, patches, context.findSchema);
  },
  PatchTransformer: (config, _, { loader, context }, yaml) => {
    const patch = readPatch(config, loader, yaml);
    return (list) => applyPatch(list, patch, context.findSchema);
  },
  ReplacementTransformer: (config, _, { loader }) => {
    const replacements = readReplacements(config.replacements ?? [], loader);
    return (list) => applyReplacements(list, replacements);
  },
  ReplicaCountTransformer: (config, specs) => (list) => applyReplicas(list, config.replica ?? {}, specs),
  ValueAddTransformer: (config, _, { loader }) => addValues(config, loader),
};

function configureNamespace(config: Config, specs: readonly FieldSpec[]): Transform {
  const { metadata, unsetOnly = false } = config;
  const subjects = config.setRoleBindingSubjects || 'defaultOnly';
  validateSubjectMode(subjects);
  return (list) => applyNamespace(list, { namespace: metadata?.namespace ?? '', specs, unsetOnly, subjects });
}

/** What a plugin's object says to change. Throws when it is none of those built in. */
export function readTransformerPlugin(plugin: Resource, target: Target): Transform {
  validateBuiltin(plugin);
  const kind = kindOf(plugin.node);
  const configure = Object.hasOwn(plugins, kind) ? plugins[kind] : undefined;
  if (configure === undefined) throw new Error(`unable to load builtin ${formatGvk(gvkOf(plugin.node))}`);
  return configurePlugin(plugin, (yaml) => {
    const isAffix = configure === prefix || configure === suffix;
    const config = decodeLoose(yaml, { ...(isAffix ? affixShape : configShape), name: `${kind}Plugin` }) as Config;
    if (config.fieldSpecs === undefined && isAffix) {
      throw new Error('fieldSpecs is not expected to be nil');
    }
    return configure(config, (config.fieldSpecs ?? []).map(fullSpec), target, yaml);
  });
}
