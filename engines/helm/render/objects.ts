import { type GoType, STRING_MAP, STRING_SLICE } from '@croft/gotemplate/type';
import { GoMap, GoPointer, GoSlice, GoStruct, type Value } from '@croft/gotemplate/value';
import type { Chart, ChartMetadata, Dependency } from '../chart/chart.ts';
import type { Capabilities, HelmBuild } from './capabilities.ts';
import {
  BUILD_INFO,
  BUILD_INFO_4,
  CAPABILITIES,
  CAPABILITIES_4,
  CHART,
  DEPENDENCY,
  DEPENDENCY_POINTER,
  KUBE_VERSION,
  KUBE_VERSION_4,
  MAINTAINER,
  MAINTAINER_POINTER,
  METADATA,
  pointerSlice,
  VERSION_SET,
  VERSION_SET_4,
} from './types.ts';

/** What `.Release` tells. */
export interface ReleaseInfo {
  name: string;
  namespace: string;
  /** From 1. */
  revision: number;
  isInstall: boolean;
  isUpgrade: boolean;
}

export function releaseObject(release: ReleaseInfo): Map<string, Value> {
  return new Map<string, Value>([
    ['Name', release.name],
    ['Namespace', release.namespace],
    ['IsUpgrade', release.isUpgrade],
    ['IsInstall', release.isInstall],
    ['Revision', BigInt(release.revision)],
    ['Service', 'Helm'],
  ]);
}

export function capabilitiesObject(capabilities: Capabilities, helmVersion: 3 | 4): GoPointer {
  const four = helmVersion === 4;
  const type: GoType = four ? CAPABILITIES_4 : CAPABILITIES;
  const { version, major, minor } = capabilities.kubeVersion;
  const kubeVersion = new GoStruct(
    four ? KUBE_VERSION_4 : KUBE_VERSION,
    texts({ Version: version, Major: major, Minor: minor }),
  );
  if (four) kubeVersion.fields.set('normalizedVersion', capabilities.kubeVersion.normalized);
  const fields = new Map<string, Value>([
    ['KubeVersion', kubeVersion],
    ['APIVersions', new GoSlice(four ? VERSION_SET_4 : VERSION_SET, [...capabilities.apiVersions])],
    ['HelmVersion', buildInfoObject(capabilities.helmVersion)],
  ]);
  return new GoPointer(type, new GoStruct(type.elem ?? type, fields));
}

/** version.BuildInfo, with the fields that this version of Helm has. */
export function buildInfoObject(build: HelmBuild): GoStruct {
  const { version, gitCommit, gitTreeState, goVersion, kubeClientVersion } = build;
  const fields = texts({ Version: version, GitCommit: gitCommit, GitTreeState: gitTreeState, GoVersion: goVersion });
  if (kubeClientVersion === undefined) return new GoStruct(BUILD_INFO, fields);
  return new GoStruct(BUILD_INFO_4, fields.set('KubeClientVersion', kubeClientVersion));
}

/** chart.Metadata, the struct. */
export function metadataObject(metadata: ChartMetadata): GoStruct {
  return new GoStruct(METADATA, metadataFields(metadata));
}

function texts(record: Record<string, string>): Map<string, Value> {
  return new Map(Object.entries(record));
}

/** `.Chart`: a struct, in Helm 4 a map. */
export function chartObject(chart: Chart, helmVersion: 3 | 4): Value {
  const isRoot = chart.parent === undefined;
  const metadata = metadataFields(chart.metadata);
  if (helmVersion === 4) {
    return plainFields(metadata).set('IsRoot', isRoot);
  }
  return new GoStruct(
    CHART,
    new Map<string, Value>([
      ['Metadata', new GoStruct(METADATA, metadata)],
      ['IsRoot', isRoot],
    ]),
  );
}

/** Fields as Helm 4 shows them: structs are maps, and lists are plain ones that are never nil. */
function plainFields(fields: ReadonlyMap<string, Value>): Map<string, Value> {
  return new Map(Array.from(fields, ([name, value]) => [name, plainField(value)]));
}

function plainField(value: Value): Value {
  if (value instanceof GoPointer) return plainField(value.target);
  if (value instanceof GoStruct) return plainFields(value.fields);
  if (value instanceof GoSlice) return value.items.map(plainField);
  return value;
}

function metadataFields(metadata: ChartMetadata): Map<string, Value> {
  const dependencies = metadata.dependencies ?? [];
  return new Map<string, Value>([
    ['Name', metadata.name],
    ['Home', metadata.home],
    ['Sources', stringSlice(metadata.sources)],
    ['Version', metadata.version],
    ['Description', metadata.description],
    ['Keywords', stringSlice(metadata.keywords)],
    ['Maintainers', pointerSlice(MAINTAINER_POINTER, metadata.maintainers.map(maintainerObject))],
    ['Icon', metadata.icon],
    ['APIVersion', metadata.apiVersion],
    ['Condition', metadata.condition],
    ['Tags', metadata.tags],
    ['AppVersion', metadata.appVersion],
    ['Deprecated', metadata.deprecated],
    ['Annotations', new GoMap(STRING_MAP, new Map(metadata.annotations), metadata.annotations.size === 0)],
    ['KubeVersion', metadata.kubeVersion],
    ['Dependencies', pointerSlice(DEPENDENCY_POINTER, dependencies.map(dependencyObject))],
    ['Type', metadata.type],
  ]);
}

function maintainerObject(maintainer: ChartMetadata['maintainers'][number]): Value {
  if (maintainer === null) return new GoPointer(MAINTAINER_POINTER, null);
  const fields = texts({ Name: maintainer.name, Email: maintainer.email, URL: maintainer.url });
  return new GoPointer(MAINTAINER_POINTER, new GoStruct(MAINTAINER, fields));
}

/** A dependency as Go holds it; in JSON it has Helm's keys. */
export function dependencyObject(dependency: Dependency | null): Value {
  if (dependency === null) return new GoPointer(DEPENDENCY_POINTER, null);
  const fields = new Map<string, Value>([
    ['Name', dependency.name],
    ['Version', dependency.version],
    ['Repository', dependency.repository],
    ['Condition', dependency.condition],
    ['Tags', stringSlice(dependency.tags)],
    ['Enabled', dependency.enabled],
    ['ImportValues', dependency.importValues],
    ['Alias', dependency.alias],
  ]);
  return new GoPointer(DEPENDENCY_POINTER, new GoStruct(DEPENDENCY, fields));
}

function stringSlice(items: readonly string[]): GoSlice {
  return new GoSlice(STRING_SLICE, [...items], items.length === 0);
}
