import { defineJsonFields, type JsonField } from '@croft/encoding/json/shape';
import { writeYaml } from '@croft/encoding/yaml/write';
import { quoteString } from '@croft/gotemplate/fmt/quote';
import { type goFunction, goMethod } from '@croft/gotemplate/functions';
import {
  ANY_MAP,
  BOOL,
  BYTES,
  type GoType,
  mapType,
  namedType,
  STRING,
  STRING_SLICE,
  sliceType,
} from '@croft/gotemplate/type';
import { GoMap, GoPointer, GoSlice, GoStruct, pointerType, structType, type Value } from '@croft/gotemplate/value';
import { findPathValue, findTable } from '../values/path.ts';

/** The Go types that templates see, as Helm's packages name them. */

/** io.Writer: templates have none to give. */
const WRITER: GoType<GoStruct> = { name: 'io.Writer', kind: 'struct', named: true };

/** Values and the top of what a template gets; Helm 4 moved the type to another package. */
export const VALUES: GoType = valuesType('chartutil.Values');
export const VALUES_4: GoType = valuesType('common.Values');

function valuesType(name: string): GoType {
  const type: GoType = namedType(name, ANY_MAP, {
    AsMap: goMethod<GoMap>([], (values) => values.entries),
    Table: goMethod<GoMap, readonly [typeof STRING]>([STRING], (values, path) => {
      const table = findTable(values.entries, path);
      if (table === undefined) throw new Error(`${quoteString(path.split('.').at(-1) ?? '')} is not a table`);
      return new GoMap(type, table);
    }),
    PathValue: goMethod<GoMap, readonly [typeof STRING]>([STRING], (values, path) => {
      const value = findPathValue(values.entries, path);
      if (value === undefined) throw new Error(`${quoteString(path.split('.').at(-1) ?? '')} is not a value`);
      return value;
    }),
    YAML: goMethod<GoMap>([], (values) => writeYaml(values.entries)),
    Encode: goMethod<GoMap, readonly [typeof WRITER]>([WRITER], () => null),
  });
  return type;
}

export const KUBE_VERSION = kubeVersionType('chartutil');
export const KUBE_VERSION_4 = kubeVersionType('common');

function kubeVersionType(pkg: string): GoType<GoStruct> {
  const shown = ['Version', 'Major', 'Minor'];
  const names = pkg === 'common' ? ['Version', 'normalizedVersion', 'Major', 'Minor'] : shown;
  const field = (name: string) => goMethod<GoStruct>([], (receiver) => receiver.fields.get(name) ?? '');
  const methods = { String: field(names.at(-3) ?? 'Version'), GitVersion: field('Version') };
  const fields = names.map((name) => ({ name, type: STRING }));
  const type = structType(`${pkg}.KubeVersion`, fields, {}, methods);
  defineJsonFields(
    type,
    shown.map((name) => ({ field: name, key: name })),
  );
  return type;
}

export const VERSION_SET = versionSetType('chartutil');
export const VERSION_SET_4 = versionSetType('common');

function versionSetType(pkg: string): GoType<GoSlice> {
  return namedType(`${pkg}.VersionSet`, STRING_SLICE, {
    Has: goMethod<GoSlice, readonly [typeof STRING]>([STRING], (set, version) => set.items.includes(version)),
  });
}

const buildFields = [
  { field: 'Version', key: 'version', omitEmpty: true },
  { field: 'GitCommit', key: 'git_commit', omitEmpty: true },
  { field: 'GitTreeState', key: 'git_tree_state', omitEmpty: true },
  { field: 'GoVersion', key: 'go_version', omitEmpty: true },
];

export const BUILD_INFO = buildInfoType(buildFields);
export const BUILD_INFO_4 = buildInfoType([...buildFields, { field: 'KubeClientVersion', key: 'kube_client_version' }]);

function buildInfoType(fields: readonly JsonField[]): GoType<GoStruct> {
  const type = structType(
    'version.BuildInfo',
    fields.map(({ field }) => ({ name: field, type: STRING })),
  );
  defineJsonFields(type, fields);
  return type;
}

export const CAPABILITIES = capabilitiesType('chartutil', KUBE_VERSION, VERSION_SET, BUILD_INFO);
export const CAPABILITIES_4 = capabilitiesType('common', KUBE_VERSION_4, VERSION_SET_4, BUILD_INFO_4);

function capabilitiesType(pkg: string, kubeVersion: GoType, versionSet: GoType, buildInfo: GoType): GoType<GoPointer> {
  const struct = structType(`${pkg}.Capabilities`, [
    { name: 'KubeVersion', type: kubeVersion },
    { name: 'APIVersions', type: versionSet },
    { name: 'HelmVersion', type: buildInfo },
  ]);
  const copy = (receiver: GoPointer) => {
    const target = receiver.target as GoStruct;
    return new GoPointer(receiver.type, new GoStruct(target.type, new Map(target.fields)));
  };
  return pointerType(struct, { Copy: goMethod<GoPointer>([], copy) });
}

export const MAINTAINER = structType(
  'chart.Maintainer',
  ['Name', 'Email', 'URL'].map((name) => ({ name, type: STRING })),
);
defineJsonFields(MAINTAINER, [
  { field: 'Name', key: 'name', omitEmpty: true },
  { field: 'Email', key: 'email', omitEmpty: true },
  { field: 'URL', key: 'url', omitEmpty: true },
]);
export const MAINTAINER_POINTER = pointerType(MAINTAINER);

export const DEPENDENCY = structType('chart.Dependency', [
  { name: 'Name', type: STRING },
  { name: 'Version', type: STRING },
  { name: 'Repository', type: STRING },
  { name: 'Condition', type: STRING },
  { name: 'Tags', type: STRING_SLICE },
  { name: 'Enabled', type: BOOL },
  { name: 'ImportValues', type: sliceType({ name: 'interface {}', kind: 'interface' }) },
  { name: 'Alias', type: STRING },
]);
defineJsonFields(DEPENDENCY, [
  { field: 'Name', key: 'name' },
  { field: 'Version', key: 'version', omitEmpty: true },
  { field: 'Repository', key: 'repository' },
  { field: 'Condition', key: 'condition', omitEmpty: true },
  { field: 'Tags', key: 'tags', omitEmpty: true },
  { field: 'Enabled', key: 'enabled', omitEmpty: true },
  { field: 'ImportValues', key: 'import-values', omitEmpty: true },
  { field: 'Alias', key: 'alias', omitEmpty: true },
]);
export const DEPENDENCY_POINTER = pointerType(DEPENDENCY);

/** The fields of chart.Metadata in order, with their keys in JSON. */
const metadataFields: readonly (readonly [string, GoType, string])[] = [
  ['Name', STRING, 'name'],
  ['Home', STRING, 'home'],
  ['Sources', STRING_SLICE, 'sources'],
  ['Version', STRING, 'version'],
  ['Description', STRING, 'description'],
  ['Keywords', STRING_SLICE, 'keywords'],
  ['Maintainers', sliceType(MAINTAINER_POINTER), 'maintainers'],
  ['Icon', STRING, 'icon'],
  ['APIVersion', STRING, 'apiVersion'],
  ['Condition', STRING, 'condition'],
  ['Tags', STRING, 'tags'],
  ['AppVersion', STRING, 'appVersion'],
  ['Deprecated', BOOL, 'deprecated'],
  ['Annotations', mapType(STRING), 'annotations'],
  ['KubeVersion', STRING, 'kubeVersion'],
  ['Dependencies', sliceType(DEPENDENCY_POINTER), 'dependencies'],
  ['Type', STRING, 'type'],
];

export const METADATA = structType(
  'chart.Metadata',
  metadataFields.map(([name, type]) => ({ name, type })),
);
const metadataJson = metadataFields.map(([field, , key]) => ({ field, key, omitEmpty: true }));
defineJsonFields(METADATA, metadataJson);

/** `.Chart`: the metadata, embedded, and whether the chart is the outermost. */
export const CHART = structType(undefined, [
  { name: 'Metadata', type: METADATA, embedded: true },
  { name: 'IsRoot', type: BOOL },
]);

/** Makes a typed nil or filled slice of pointers. */
export function pointerSlice(pointer: GoType, items: Value[]): GoSlice {
  return new GoSlice(sliceType(pointer), items, items.length === 0);
}

/** engine.files, with its methods given by files.ts. */
export function filesType(methods: Record<string, ReturnType<typeof goFunction>>): GoType<GoMap> {
  return namedType('engine.files', mapType(BYTES), methods);
}
