import { errorMessage } from '@croft/foundation/errors';
import type { FieldSpec } from '../config/field-spec.ts';
import type { Selector } from '../resource/selector.ts';
import type { Value } from '../yaml/node-value.ts';
import { decodeStrict, readValue } from './decode.ts';
import { kustomizationShape } from './shape.ts';

type TextMap = ReadonlyMap<string, string>;

export interface Patch {
  readonly path?: string;
  readonly patch?: string;
  readonly target?: Partial<Selector>;
  readonly options?: { readonly allowNameChange?: boolean; readonly allowKindChange?: boolean };
}

export interface Image {
  readonly name?: string;
  readonly newName?: string;
  readonly tagSuffix?: string;
  readonly newTag?: string;
  readonly digest?: string;
}

export interface FieldOptions {
  readonly delimiter?: string;
  readonly index?: number;
  readonly create?: boolean;
}

interface PartialId {
  readonly group?: string;
  readonly version?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
}

export interface ReplacementSource extends PartialId {
  readonly fieldPath?: string;
  readonly options?: FieldOptions;
}

export interface ReplacementTarget {
  readonly select?: Partial<Selector>;
  readonly reject?: readonly Partial<Selector>[];
  readonly fieldPaths?: readonly string[];
  readonly options?: FieldOptions;
}

export interface Replacement {
  readonly source?: ReplacementSource;
  readonly sourceValue?: string;
  readonly targets?: readonly ReplacementTarget[];
  readonly path?: string;
}

export interface Variable {
  readonly name?: string;
  readonly objref?: PartialId & { readonly apiVersion?: string };
  readonly fieldref?: { readonly fieldPath?: string };
}

export interface GeneratorOptions {
  readonly labels?: TextMap;
  readonly annotations?: TextMap;
  readonly disableNameSuffixHash?: boolean;
  readonly immutable?: boolean;
}

/** What a ConfigMap or Secret is made of. */
export interface GeneratorArgs {
  readonly name?: string;
  readonly namespace?: string;
  readonly behavior?: string;
  readonly literals?: readonly string[];
  readonly files?: readonly string[];
  readonly envs?: readonly string[];
  readonly env?: string;
  readonly options?: GeneratorOptions;
  /** Of a Secret. */
  readonly type?: string;
}

export interface LabelField {
  readonly pairs?: TextMap;
  readonly includeSelectors?: boolean;
  readonly includeTemplates?: boolean;
  readonly fields?: readonly Partial<FieldSpec>[];
}

export interface SortOptions {
  readonly order?: string;
  readonly legacySortOptions?: { readonly orderFirst?: readonly string[]; readonly orderLast?: readonly string[] };
}

/** A kustomization file; fields that are not given are not there. */
export interface Kustomization {
  readonly kind?: string;
  readonly apiVersion?: string;
  readonly metadata?: object;
  readonly openapi?: TextMap;
  readonly namePrefix?: string;
  readonly nameSuffix?: string;
  readonly namespace?: string;
  readonly commonLabels?: TextMap;
  readonly labels?: readonly LabelField[];
  readonly commonAnnotations?: TextMap;
  readonly patchesStrategicMerge?: readonly string[];
  readonly patchesJson6902?: readonly Patch[];
  readonly patches?: readonly Patch[];
  readonly images?: readonly Image[];
  readonly imageTags?: readonly Image[];
  readonly replacements?: readonly Replacement[];
  readonly replicas?: readonly { readonly name?: string; readonly count?: number }[];
  readonly vars?: readonly Variable[];
  readonly sortOptions?: SortOptions;
  readonly resources?: readonly string[];
  readonly components?: readonly string[];
  readonly crds?: readonly string[];
  readonly bases?: readonly string[];
  readonly configMapGenerator?: readonly GeneratorArgs[];
  readonly secretGenerator?: readonly GeneratorArgs[];
  readonly helmGlobals?: object;
  readonly helmCharts?: readonly object[];
  readonly helmChartInflationGenerator?: readonly object[];
  readonly generatorOptions?: GeneratorOptions;
  readonly configurations?: readonly string[];
  readonly generators?: readonly string[];
  readonly transformers?: readonly string[];
  readonly validators?: readonly string[];
  readonly buildMetadata?: readonly string[];
}

export const kustomizationFiles = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'] as const;

const fileVersion = 'kustomize.config.k8s.io/v1beta1';
const componentVersion = 'kustomize.config.k8s.io/v1alpha1';

/** Reads a kustomization file as `kustomize build` does. Throws with its words; `root` is the folder they name. */
export function parseKustomization(text: string, root: string): Kustomization {
  const raw = readStrict(text);
  const fixed = fixKustomization(raw);
  const filled = Object.entries(fixed).some(
    ([key, value]) => key !== 'kind' && key !== 'apiVersion' && !isEmpty(value),
  );
  if (!filled) throw new Error('kustomization.yaml is empty');
  const problems = findProblems(fixed);
  if (problems.length > 0) {
    throw new Error(`Failed to read kustomization file under ${root}:\n${problems.join('\n')}`);
  }
  return fixed;
}

function readStrict(text: string): Kustomization {
  try {
    return decodeStrict(readValue(text) as Value, kustomizationShape) as Kustomization;
  } catch (error) {
    throw new Error(`invalid Kustomization: ${errorMessage(error)}`);
  }
}

/** Moves what stands in old fields into their successors. */
export function fixKustomization(raw: Kustomization): Kustomization {
  const { bases, imageTags, helmChartInflationGenerator, ...rest } = raw;
  const kind = raw.kind || 'Kustomization';
  return {
    ...rest,
    kind,
    apiVersion: raw.apiVersion || (kind === 'Component' ? componentVersion : fileVersion),
    ...joined('resources', raw.resources, bases),
    ...joined('images', raw.images, imageTags),
    ...joined('helmCharts', raw.helmCharts, helmChartInflationGenerator),
    ...mapped('configMapGenerator', raw.configMapGenerator, fixGenerator),
    ...mapped('secretGenerator', raw.secretGenerator, fixGenerator),
  };
}

function joined(field: string, list: readonly unknown[] | undefined, more: readonly unknown[] | undefined): object {
  return list === undefined && more === undefined ? {} : { [field]: [...(list ?? []), ...(more ?? [])] };
}

function mapped<T>(field: string, list: readonly T[] | undefined, change: (item: T) => T): object {
  return list === undefined ? {} : { [field]: list.map(change) };
}

function fixGenerator({ env, ...args }: GeneratorArgs): GeneratorArgs {
  return env === undefined || env === '' ? args : { ...args, envs: [...(args.envs ?? []), env] };
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === '';
}

function findProblems({ kind, apiVersion }: Kustomization): string[] {
  const problems: string[] = [];
  if (kind !== 'Kustomization' && kind !== 'Component') problems.push('kind should be Kustomization or Component');
  const wanted = kind === 'Component' ? componentVersion : fileVersion;
  if (apiVersion !== wanted) problems.push(`apiVersion for ${kind} should be ${wanted}`);
  return problems;
}

const successors: Readonly<Record<string, string>> = {
  bases: 'resources',
  commonLabels: 'labels',
  imageTags: 'images',
  patchesJson6902: 'patches',
  patchesStrategicMerge: 'patches',
  vars: 'replacements',
};

/** A warning for each old field that the text uses, as kustomize prints them. */
export function findDeprecations(text: string): string[] {
  const raw = readStrict(text) as Readonly<Record<string, unknown>>;
  return Object.entries(successors)
    .filter(([field]) => raw[field] !== undefined)
    .map(([field, successor]) => {
      const experimental = field === 'vars' ? '[EXPERIMENTAL] ' : '';
      const advice = `${experimental}Run 'kustomize edit fix' to update your Kustomization automatically.`;
      return `# Warning: '${field}' is deprecated. Please use '${successor}' instead. ${advice}`;
    });
}
