import { apiVersionOf } from '@croft/api/kind';
import type { UnknownObject } from '@croft/api/object';
import type { Resource } from '@croft/api/resource';
import type { Entry } from '@croft/store/contract';
import type { KindRules } from './kind-rules.ts';

/** A resource that this server serves in one version, with the rules of its kind and where its objects are kept. */
export interface ServedResource {
  readonly resource: Resource;
  readonly rules: KindRules;
  readonly apiVersion: string;
  /** `/registry/apps/deployments/`; then the namespace, where there is one, and the name. */
  readonly prefix: string;
  /** How every text of this version begins: `{"kind":"ConfigMap","apiVersion":"v1",`. */
  readonly head: string;
  readonly listKind: string;
  /** Objects of a CustomResourceDefinition; their lists and errors differ a little. */
  readonly custom: boolean;
  /** No object may be created any more: the CustomResourceDefinition is being deleted. */
  readonly terminating: boolean;
  /** A text for Warning headers, where this version is deprecated. */
  readonly deprecation?: string;
  /** Where a custom resource has what its scale tells. */
  readonly scale?: ScalePaths;
  /** Where the history of these objects begins: 0, or the revision of their CustomResourceDefinition. */
  readonly firstRevision: number;
  /** An object of the store as this version shows it. */
  textOf(entry: Entry): string;
  /** An object of the store's form as this version shows it. */
  shown(object: UnknownObject): UnknownObject;
  /** The stored form of an object of this version. */
  stored(object: UnknownObject): UnknownObject;
}

/** Paths such as `.spec.replicas`. */
export interface ScalePaths {
  readonly specReplicasPath: string;
  readonly statusReplicasPath: string;
  readonly labelSelectorPath?: string;
}

export interface ServedOptions {
  custom?: boolean;
  listKind?: string;
  deprecation?: string;
  firstRevision?: number;
  scale?: ScalePaths;
  terminating?: boolean;
  /** Turns a stored object into one of this version; absent when they are the same. */
  convert?: (object: UnknownObject) => UnknownObject;
  toStored?: (object: UnknownObject) => UnknownObject;
}

export function serveResource(resource: Resource, rules: KindRules, options: ServedOptions = {}): ServedResource {
  const apiVersion = apiVersionOf(resource);
  const { convert } = options;
  const converted = new WeakMap<Entry, string>();
  const textOf = (entry: Entry): string => {
    if (convert === undefined) return entry.value;
    let text = converted.get(entry);
    if (text === undefined) {
      const shown = renderObject(convert(JSON.parse(entry.value) as UnknownObject));
      text = shown === entry.value ? entry.value : shown; // mostly the same: it is not held twice then
      converted.set(entry, text);
    }
    return text;
  };
  return {
    resource,
    rules,
    apiVersion,
    prefix: prefixOf(resource.storedAs?.group ?? resource.group, resource.plural),
    head: `{"kind":${JSON.stringify(resource.kind)},"apiVersion":${JSON.stringify(apiVersion)},`,
    listKind: options.listKind ?? `${resource.kind}List`,
    custom: options.custom ?? false,
    ...(options.deprecation === undefined ? {} : { deprecation: options.deprecation }),
    ...(options.scale === undefined ? {} : { scale: options.scale }),
    firstRevision: options.firstRevision ?? 0,
    terminating: options.terminating ?? false,
    textOf,
    shown: convert ?? ((object) => object),
    stored: options.toStored ?? ((object) => object),
  };
}

export function prefixOf(group: string, plural: string): string {
  return `/registry/${group === '' ? 'core' : group}/${plural}/`;
}

/** In the order in which Kubernetes writes metadata, which `kubectl get --raw` shows. */
const metaFields = [
  'name',
  'generateName',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
  'managedFields',
] as const;

/** The text of an object: kind and apiVersion first, so that a list can leave them out without parsing. */
export function renderObject(object: UnknownObject): string {
  const { kind, apiVersion, metadata = {}, ...rest } = object;
  const ordered: Record<string, unknown> = {};
  for (const field of metaFields) ordered[field] = metadata[field];
  return JSON.stringify({ kind, apiVersion, metadata: Object.assign(ordered, metadata), ...rest });
}

export function keyFor(served: ServedResource, namespace: string, name: string): string {
  return served.resource.namespaced ? `${served.prefix}${namespace}/${name}` : served.prefix + name;
}

/** The keys of one namespace, or of all when `namespace` is empty. */
export function rangePrefix(served: ServedResource, namespace: string): string {
  return served.resource.namespaced && namespace !== '' ? `${served.prefix}${namespace}/` : served.prefix;
}

const parsed = new WeakMap<Entry, UnknownObject>();

/** The stored object of an entry, parsed once and shared: never change it. */
export function parseEntry(entry: Entry): UnknownObject {
  let object = parsed.get(entry);
  if (object === undefined) {
    object = JSON.parse(entry.value) as UnknownObject;
    parsed.set(entry, object);
  }
  return object;
}

/** The object of an entry in this version; a copy of its own. */
export function objectOf(served: ServedResource, entry: Entry): UnknownObject {
  return JSON.parse(served.textOf(entry)) as UnknownObject;
}
