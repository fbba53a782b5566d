import {
  ANYTHING,
  type Fields,
  FLAG,
  listOf,
  readYamlStruct,
  type Shape,
  TEXT,
  type Typed,
} from '@croft/encoding/yaml/typed';
import type { Value } from '@croft/gotemplate/value';
import type { ChartLock, ChartMetadata, Dependency, Maintainer } from './chart.ts';

type Struct = Shape & { kind: 'struct' };

/** `pkg` is how the package of Helm's types is called: it stands in errors. */
const dependencyShape = (pkg: string): Struct => ({
  kind: 'struct',
  goType: `${pkg}.Dependency`,
  fields: {
    name: TEXT,
    version: TEXT,
    repository: TEXT,
    condition: TEXT,
    tags: listOf(TEXT, '[]string'),
    enabled: FLAG,
    'import-values': listOf(ANYTHING, '[]interface {}'),
    alias: TEXT,
  },
});

const fieldsOf = (pkg: string): Readonly<Record<string, Shape>> => ({
  name: TEXT,
  home: TEXT,
  sources: listOf(TEXT, '[]string'),
  version: TEXT,
  description: TEXT,
  keywords: listOf(TEXT, '[]string'),
  maintainers: listOf(
    { kind: 'struct', goType: `${pkg}.Maintainer`, fields: { name: TEXT, email: TEXT, url: TEXT } },
    `[]*${pkg}.Maintainer`,
  ),
  icon: TEXT,
  apiVersion: TEXT,
  condition: TEXT,
  tags: TEXT,
  appVersion: TEXT,
  deprecated: FLAG,
  annotations: { kind: 'map', of: TEXT, goType: 'map[string]string' },
  kubeVersion: TEXT,
  dependencies: listOf(dependencyShape(pkg), `[]*${pkg}.Dependency`),
  type: TEXT,
});

/** The fields of Chart.yaml, which an entry of a repository's index has, too. */
export const metadataFields = fieldsOf('chart');

const metadataShape: Struct = { kind: 'struct', goType: 'chart.Metadata', fields: metadataFields };
const metadataShape4: Struct = { kind: 'struct', goType: 'v2.Metadata', fields: fieldsOf('v2') };

const lockShape: Struct = {
  kind: 'struct',
  goType: 'chart.Lock',
  fields: { generated: TEXT, digest: TEXT, dependencies: listOf(dependencyShape('chart'), '[]*chart.Dependency') },
};

/** Metadata that says nothing. */
export function emptyMetadata(): ChartMetadata {
  return fillMetadata(new Map());
}

/** Reads Chart.yaml, or what requirements.yaml adds to it: fields that are not given stay as in `base`. Throws YamlReadError. */
export function parseMetadata(
  text: string,
  base: ChartMetadata = emptyMetadata(),
  helmVersion: 3 | 4 = 3,
): ChartMetadata {
  return fillMetadata(readYamlStruct(text, helmVersion === 4 ? metadataShape4 : metadataShape), base);
}

/** Reads Chart.lock or requirements.lock. Throws YamlReadError. */
export function parseLock(text: string): ChartLock {
  const fields = readYamlStruct(text, lockShape);
  return {
    generated: textOf(fields, 'generated'),
    digest: textOf(fields, 'digest'),
    dependencies: dependenciesOf(fields),
  };
}

/** Metadata from fields that were read; those that are not given stay as in `base`. */
export function fillMetadata(fields: Fields, base?: ChartMetadata): ChartMetadata {
  const text = (key: keyof ChartMetadata & string): string => textOf(fields, key, (base?.[key] as string) ?? '');
  return {
    name: text('name'),
    home: text('home'),
    sources: textsOf(fields, 'sources') ?? base?.sources ?? [],
    version: text('version'),
    description: text('description'),
    keywords: textsOf(fields, 'keywords') ?? base?.keywords ?? [],
    maintainers: maintainersOf(fields) ?? base?.maintainers ?? [],
    icon: text('icon'),
    apiVersion: text('apiVersion'),
    condition: text('condition'),
    tags: text('tags'),
    appVersion: text('appVersion'),
    deprecated: fields.has('deprecated') ? fields.get('deprecated') === true : (base?.deprecated ?? false),
    annotations: annotationsOf(fields) ?? base?.annotations ?? new Map(),
    kubeVersion: text('kubeVersion'),
    dependencies: dependenciesOf(fields) ?? base?.dependencies,
    type: text('type'),
  };
}

function textOf(fields: Fields, key: string, fallback = ''): string {
  const value = fields.get(key);
  return typeof value === 'string' ? value : fallback;
}

function textsOf(fields: Fields, key: string): string[] | undefined {
  const list = fields.get(key);
  return Array.isArray(list) ? list.map((item) => (typeof item === 'string' ? item : '')) : undefined;
}

function structsOf(fields: Fields, key: string): (Fields | null)[] | undefined {
  const list = fields.get(key);
  return Array.isArray(list) ? list.map((item) => (item instanceof Map ? item : null)) : undefined;
}

function maintainersOf(fields: Fields): (Maintainer | null)[] | undefined {
  return structsOf(fields, 'maintainers')?.map((item) =>
    item === null ? null : { name: textOf(item, 'name'), email: textOf(item, 'email'), url: textOf(item, 'url') },
  );
}

function annotationsOf(fields: Fields): Map<string, string> | undefined {
  const annotations = fields.get('annotations');
  if (!(annotations instanceof Map)) return undefined;
  return new Map(Array.from(annotations, ([key, value]) => [key, typeof value === 'string' ? value : '']));
}

function dependenciesOf(fields: Fields): (Dependency | null)[] | undefined {
  return structsOf(fields, 'dependencies')?.map((item) => (item === null ? null : dependencyOf(item)));
}

function dependencyOf(fields: Fields): Dependency {
  const importValues = fields.get('import-values');
  return {
    name: textOf(fields, 'name'),
    version: textOf(fields, 'version'),
    repository: textOf(fields, 'repository'),
    condition: textOf(fields, 'condition'),
    tags: textsOf(fields, 'tags') ?? [],
    enabled: fields.get('enabled') === true,
    importValues: Array.isArray(importValues) ? importValues.map(anyValue) : [],
    alias: textOf(fields, 'alias'),
  };
}

function anyValue(typed: Typed): Value {
  return typed !== null && typeof typed === 'object' && 'value' in typed ? typed.value : null;
}
