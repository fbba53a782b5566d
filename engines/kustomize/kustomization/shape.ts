/** What a Go struct expects in a place. */
export type Shape =
  | { readonly is: 'text' | 'flag' | 'number' | 'any'; readonly goType?: string }
  | { readonly is: 'list'; readonly of: Shape; readonly goType: string }
  | { readonly is: 'map'; readonly of: Shape; readonly goType: string }
  | {
      readonly is: 'struct';
      readonly name: string;
      readonly fields: Readonly<Record<string, Shape>>;
      /** `types` unless given. */
      readonly goPackage?: string;
      /** The embedded structs that Go's errors name before a field. */
      readonly embedded?: Readonly<Record<string, string>>;
    };

export type StructShape = Shape & { readonly is: 'struct' };

const text: Shape = { is: 'text' };
const flag: Shape = { is: 'flag' };
const number: Shape = { is: 'number' };
const texts: Shape = { is: 'list', of: text, goType: '[]string' };
const textMap: Shape = { is: 'map', of: text, goType: 'map[string]string' };

function struct(name: string, fields: Record<string, Shape>, embedded: Record<string, string> = {}): StructShape {
  return { is: 'struct', name, fields, embedded };
}

export function listOf(of: StructShape, pointer = ''): Shape {
  return { is: 'list', of, goType: `[]${pointer}types.${of.name}` };
}

const gvk = { group: text, version: text, kind: text };
const id = { ...gvk, name: text, namespace: text };
const inGvk = { group: 'Gvk', version: 'Gvk', kind: 'Gvk' };
const inId = { group: 'ResId.Gvk', version: 'ResId.Gvk', kind: 'ResId.Gvk', name: 'ResId', namespace: 'ResId' };

export const fieldSpecShape = struct('FieldSpec', { ...gvk, path: text, create: flag }, inGvk);
export const fieldSpecsShape = listOf(fieldSpecShape);
const fieldSpecSliceShape: Shape = { is: 'list', of: fieldSpecShape, goType: 'types.FsSlice' };

export const selectorShape = struct('Selector', { ...id, annotationSelector: text, labelSelector: text }, inId);

export const patchShape = struct('Patch', {
  path: text,
  patch: text,
  target: selectorShape,
  options: struct('PatchArgs', { allowNameChange: flag, allowKindChange: flag }),
});

const image = struct('Image', { name: text, newName: text, tagSuffix: text, newTag: text, digest: text });
export const imageShape = image;

const fieldOptions = struct('FieldOptions', {
  delimiter: text,
  index: { is: 'number', goType: 'int' },
  encoding: text,
  create: flag,
});
const target = struct('TargetSelector', {
  select: selectorShape,
  reject: listOf(selectorShape, '*'),
  fieldPaths: texts,
  options: fieldOptions,
});
const replacement = {
  source: struct('SourceSelector', { ...id, fieldPath: text, options: fieldOptions }, inId),
  targets: listOf(target, '*'),
  sourceValue: text,
};
export const replacementShape = struct('Replacement', replacement);
export const replacementFieldShape = struct(
  'ReplacementField',
  { ...replacement, path: text },
  { source: 'Replacement', targets: 'Replacement', sourceValue: 'Replacement' },
);

export const replicaShape = struct('Replica', { name: text, count: number });

const variable = struct('Var', {
  name: text,
  objref: struct('Target', { apiVersion: text, ...id }, inGvk),
  fieldref: struct('FieldSelector', { fieldPath: text }),
});

export const generatorOptionsShape = struct('GeneratorOptions', {
  labels: textMap,
  annotations: textMap,
  disableNameSuffixHash: flag,
  immutable: flag,
});

const generator = {
  namespace: text,
  name: text,
  behavior: text,
  literals: texts,
  files: texts,
  envs: texts,
  env: text,
  options: generatorOptionsShape,
};
const inArgs = {
  ...{ namespace: 'GeneratorArgs', name: 'GeneratorArgs', behavior: 'GeneratorArgs', options: 'GeneratorArgs' },
  ...Object.fromEntries(['literals', 'files', 'envs', 'env'].map((name) => [name, 'GeneratorArgs.KvPairSources'])),
};
export const configMapArgsShape = struct('ConfigMapArgs', generator, inArgs);
export const secretArgsShape = struct('SecretArgs', { ...generator, type: text }, inArgs);

const label = struct('Label', {
  pairs: textMap,
  includeSelectors: flag,
  includeTemplates: flag,
  fields: fieldSpecsShape,
});

const objectMeta = struct('ObjectMeta', { name: text, namespace: text, labels: textMap, annotations: textMap });
export const objectMetaShape = objectMeta;

const anything: Shape = { is: 'any' };
const anyMap: Shape = { is: 'map', of: anything, goType: 'map[string]interface {}' };

const helmChart = struct('HelmChart', {
  name: text,
  version: text,
  repo: text,
  releaseName: text,
  namespace: text,
  additionalValuesFiles: texts,
  valuesFile: text,
  valuesInline: anyMap,
  valuesMerge: text,
  includeCRDs: flag,
  skipHooks: flag,
  apiVersions: texts,
  kubeVersion: text,
  nameTemplate: text,
  skipTests: flag,
  debug: flag,
  devel: flag,
});

const oldHelmChart = struct('HelmChartArgs', {
  chartName: text,
  chartVersion: text,
  chartRepoUrl: text,
  chartHome: text,
  chartRepoName: text,
  helmBin: text,
  helmHome: text,
  values: text,
  valuesLocal: anyMap,
  valuesMerge: text,
  releaseName: text,
  releaseNamespace: text,
  extraArgs: texts,
});

/** All that a kustomization file can say, in the version that kustomize 5 reads. */
const kustomization = {
  kind: text,
  apiVersion: text,
  metadata: objectMeta,
  openapi: textMap,
  namePrefix: text,
  nameSuffix: text,
  namespace: text,
  commonLabels: textMap,
  labels: listOf(label),
  commonAnnotations: textMap,
  patchesStrategicMerge: {
    is: 'list',
    of: { is: 'text', goType: 'types.PatchStrategicMerge' },
    goType: '[]types.PatchStrategicMerge',
  },
  patchesJson6902: listOf(patchShape),
  patches: listOf(patchShape),
  images: listOf(image),
  imageTags: listOf(image),
  replacements: listOf(replacementFieldShape),
  replicas: listOf(replicaShape),
  vars: listOf(variable),
  sortOptions: struct('SortOptions', {
    order: { is: 'text', goType: 'types.SortOrder' },
    legacySortOptions: struct('LegacySortOptions', { orderFirst: texts, orderLast: texts }),
  }),
  resources: texts,
  components: texts,
  crds: texts,
  bases: texts,
  configMapGenerator: listOf(configMapArgsShape),
  secretGenerator: listOf(secretArgsShape),
  helmGlobals: struct('HelmGlobals', { chartHome: text, configHome: text }),
  helmCharts: listOf(helmChart),
  helmChartInflationGenerator: listOf(oldHelmChart),
  generatorOptions: generatorOptionsShape,
  configurations: texts,
  generators: texts,
  transformers: texts,
  validators: texts,
  buildMetadata: texts,
} satisfies Record<string, Shape>;
export const kustomizationShape = struct('Kustomization', kustomization, { kind: 'TypeMeta', apiVersion: 'TypeMeta' });

const references = struct('NameBackReferences', { ...gvk, fieldSpecs: fieldSpecSliceShape }, inGvk);

export const configShape: StructShape = {
  ...struct('TransformerConfig', {
    namePrefix: fieldSpecSliceShape,
    nameSuffix: fieldSpecSliceShape,
    namespace: fieldSpecSliceShape,
    commonLabels: fieldSpecSliceShape,
    labels: fieldSpecSliceShape,
    templateLabels: fieldSpecSliceShape,
    commonAnnotations: fieldSpecSliceShape,
    nameReference: { is: 'list', of: references, goType: 'builtinconfig.nbrSlice' },
    varReference: fieldSpecSliceShape,
    images: fieldSpecSliceShape,
    replicas: fieldSpecSliceShape,
  }),
  goPackage: 'builtinconfig',
};
