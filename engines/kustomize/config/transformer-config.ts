import { sameGvk } from '../resource/resource-id.ts';
import { commonLabelSpecs, defaultAnnotationSpecs, templateLabelSpecs } from './default-labels.ts';
import { defaultReferences, type NameReference } from './default-references.ts';
import { variableSpecs } from './default-variables.ts';
import { compareGvk, type FieldSpec, fieldSpec, mergeSpecs } from './field-spec.ts';

/** Which fields the transformers change. */
export interface TransformerConfig {
  readonly namePrefix: readonly FieldSpec[];
  readonly nameSuffix: readonly FieldSpec[];
  readonly namespace: readonly FieldSpec[];
  readonly commonLabels: readonly FieldSpec[];
  readonly labels: readonly FieldSpec[];
  readonly templateLabels: readonly FieldSpec[];
  readonly commonAnnotations: readonly FieldSpec[];
  readonly nameReference: readonly NameReference[];
  readonly varReference: readonly FieldSpec[];
  readonly images: readonly FieldSpec[];
  readonly replicas: readonly FieldSpec[];
}

export const emptyConfig: TransformerConfig = {
  namePrefix: [],
  nameSuffix: [],
  namespace: [],
  commonLabels: [],
  labels: [],
  templateLabels: [],
  commonAnnotations: [],
  nameReference: [],
  varReference: [],
  images: [],
  replicas: [],
};

const specLists = {
  namePrefix: 'NamePrefix',
  nameSuffix: 'NameSuffix',
  namespace: 'NameSpace',
  commonAnnotations: 'CommonAnnotations',
  commonLabels: 'CommonLabels',
  labels: 'Labels',
  templateLabels: 'TemplateLabels',
  varReference: 'VarReference',
  images: 'Images',
  replicas: 'Replicas',
} as const;

type SpecList = keyof typeof specLists;

const imagePaths = ['containers[]/image', 'initContainers[]/image', 'volumes[]/image/reference'];

/** What kustomize knows of the kinds of Kubernetes. */
export const defaultConfig: TransformerConfig = sortConfig({
  namePrefix: [fieldSpec('', 'metadata/name')],
  nameSuffix: [fieldSpec('', 'metadata/name')],
  namespace: [
    fieldSpec('Namespace', 'metadata/name', true),
    fieldSpec('apiregistration.k8s.io/APIService', 'spec/service/namespace', true),
    fieldSpec(
      'apiextensions.k8s.io/CustomResourceDefinition',
      'spec/conversion/webhook/clientConfig/service/namespace',
    ),
  ],
  commonLabels: commonLabelSpecs,
  labels: [],
  templateLabels: templateLabelSpecs,
  commonAnnotations: defaultAnnotationSpecs,
  nameReference: defaultReferences,
  varReference: variableSpecs,
  images: ['spec', 'spec/template/spec'].flatMap((root) =>
    imagePaths.map((path) => fieldSpec('', `${root}/${path}`, true)),
  ),
  replicas: ['Deployment', 'ReplicationController', 'ReplicaSet', 'StatefulSet'].map((kind) =>
    fieldSpec(kind, 'spec/replicas', true),
  ),
});

/**
 * Both together. A spec for some kind keeps out a later one for all kinds that names the same field. Throws when they
 * disagree on a field.
 */
export function mergeConfigs(config: TransformerConfig, added: TransformerConfig): TransformerConfig {
  if (config === added || added === emptyConfig) return config;
  if (config === emptyConfig && added === defaultConfig) return added;
  const lists = Object.entries(specLists).map(([list, title]) => {
    const name = list as SpecList;
    return [name, prefixed(`failed to merge ${title} fieldSpec`, () => mergeSpecs(config[name], added[name]))];
  });
  const nameReference = prefixed('failed to merge NameReference fieldSpec', () =>
    mergeReferences(config.nameReference, added.nameReference),
  );
  return sortConfig({ ...(Object.fromEntries(lists) as Record<SpecList, FieldSpec[]>), nameReference });
}

function mergeReferences(references: readonly NameReference[], added: readonly NameReference[]): NameReference[] {
  const result = [...references];
  for (const item of added) {
    const at = result.findIndex((known) => sameGvk(known, item));
    const known = result[at];
    if (known === undefined) result.push(item);
    else result[at] = { ...known, fields: mergeSpecs(known.fields, item.fields) };
  }
  return result;
}

/** Specs for certain kinds are applied in the order of kinds. */
export function sortConfig(config: TransformerConfig): TransformerConfig {
  const lists = Object.keys(specLists).map((name) => [name, config[name as SpecList].toSorted(compareGvk)]);
  return {
    ...(Object.fromEntries(lists) as Record<SpecList, FieldSpec[]>),
    nameReference: config.nameReference.toSorted(compareGvk),
  };
}

function prefixed<T>(prefix: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw new Error(`${prefix}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
