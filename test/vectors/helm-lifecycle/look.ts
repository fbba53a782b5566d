import type { Kind } from '@croft/api/kind';
import { secrets } from '@croft/api/kinds';
import type { KubeObject, Stored, UnknownObject } from '@croft/api/object';
import type { Secret } from '@croft/api/types';
import type { Client } from '@croft/client/client';
import { isJsonObject, type Json, type JsonObject } from '@croft/foundation/json';
import { maskText, normalizeObject, type ServerDefaults } from './normalize.ts';
import { readPayload } from './payload.ts';
import type { Scenario } from './scenario.ts';
import { readKinds } from './world.ts';

const leftOut = new Set(['Event', 'Endpoints', 'EndpointSlice', 'Lease', 'ControllerRevision']);

/** What is looked at after each step: objects by id, and releases by their id. */
export interface State {
  readonly objects: ReadonlyMap<string, JsonObject>;
  readonly releases: ReadonlyMap<string, JsonObject>;
}

export interface Scope {
  readonly namespaces: readonly string[];
  readonly clusterKinds: ReadonlySet<string>;
  readonly defaults: ServerDefaults;
  /** Ids of objects without namespace that were there before. */
  readonly before: ReadonlySet<string>;
}

export function scopeOf(scenario: Scenario, defaults: ServerDefaults, before: ReadonlySet<string>): Scope {
  return {
    namespaces: ['vec', ...(scenario.extraNamespaces ?? [])],
    clusterKinds: new Set(scenario.clusterKinds ?? []),
    defaults,
    before,
  };
}

export async function readState(client: Client, scope: Scope): Promise<State> {
  const kinds = await readKinds(client);
  const objects = await readObjects(client, kinds, scope);
  const releases = new Map<string, JsonObject>();
  for (const namespace of scope.namespaces) {
    const { items } = await client.list(secrets, { namespace, labelSelector: 'owner=helm' });
    for (const item of items) releases.set(releaseId(item), describeRelease(item));
  }
  return { objects, releases };
}

/** Ids of everything without namespace of these kinds. */
export async function readClusterIds(client: Client, names: readonly string[]): Promise<Set<string>> {
  const kinds = (await readKinds(client)).filter(({ kind, namespaced }) => !namespaced && names.includes(kind));
  const lists = await Promise.all(kinds.map((kind) => client.list<KubeObject>(kind)));
  return new Set(lists.flatMap(({ items }) => items.map(idOf)));
}

async function readObjects(client: Client, kinds: readonly Kind[], scope: Scope): Promise<Map<string, JsonObject>> {
  const { namespaces, clusterKinds, defaults, before } = scope;
  const looked = kinds.filter(({ kind, namespaced }) => (namespaced ? !leftOut.has(kind) : clusterKinds.has(kind)));
  const lists = await Promise.all(looked.map((kind) => client.list(kind as Kind<UnknownObject>)));
  const found = lists
    .flatMap(({ items }) => items)
    .filter((item) => {
      const { namespace } = item.metadata;
      return namespace === undefined ? !before.has(idOf(item)) : namespaces.includes(namespace) && isKept(item);
    });
  return new Map(found.map((item) => [idOf(item), normalizeObject(item, defaults)]));
}

function isKept(object: Stored<UnknownObject>): boolean {
  const { kind, metadata } = object;
  if ((metadata.ownerReferences ?? []).length > 0) return false;
  if (kind === 'ServiceAccount' && metadata.name === 'default') return false;
  if (kind === 'ConfigMap' && metadata.name === 'kube-root-ca.crt') return false;
  return !(kind === 'Secret' && object.type === 'helm.sh/release.v1');
}

/** `Kind/namespace/name`, the namespace empty where there is none. */
export function idOf({ kind, metadata }: KubeObject): string {
  return `${kind}/${metadata?.namespace ?? ''}/${metadata?.name}`;
}

/** The Secret's name, with its namespace in front unless it is that of the scenarios. */
function releaseId({ metadata }: Stored<Secret>): string {
  return metadata.namespace === 'vec' ? metadata.name : `${metadata.namespace}/${metadata.name}`;
}

const timeLabels = ['createdAt', 'modifiedAt'];

function describeRelease(secret: Stored<Secret>): JsonObject {
  const payload = readPayload(secret);
  const labels = Object.entries(secret.metadata.labels ?? {});
  const info = payload.info as JsonObject;
  const chart = payload.chart as JsonObject;
  return {
    secret: {
      name: secret.metadata.name,
      type: secret.type ?? '',
      labels: Object.fromEntries(labels.filter(([name]) => !timeLabels.includes(name))),
      extraLabelKeys: labels
        .map(([name]) => name)
        .filter((name) => timeLabels.includes(name))
        .sort(),
      dataKeys: Object.keys(secret.data ?? {}).sort(),
    },
    ...(maskTimes(payload) as JsonObject),
    info: { ...(maskTimes(info) as JsonObject), description: maskText(String(info.description ?? '')) },
    chart: {
      metadata: chart.metadata ?? null,
      values: chart.values ?? null,
      templates: fileNames(chart.templates),
      files: fileNames(chart.files),
    },
    config: payload.config ?? null,
    manifest: payload.manifest ?? null,
    hooks: maskTimes(payload.hooks ?? []),
    payloadKeys: Object.keys(payload),
  };
}

function fileNames(files: Json | undefined): Json[] {
  return ((files ?? []) as JsonObject[]).map(({ name }) => name ?? '').sort();
}

const timeFields = new Set(['first_deployed', 'last_deployed', 'deleted', 'started_at', 'completed_at']);

function maskTimes(value: Json): Json {
  if (Array.isArray(value)) return value.map(maskTimes);
  if (!isJsonObject(value)) return value;
  const mask = ([key, item]: [string, Json]): [string, Json] => {
    if (!timeFields.has(key)) return [key, maskTimes(item)];
    return [key, item === '' || item === '0001-01-01T00:00:00Z' ? '' : '<time>'];
  };
  return Object.fromEntries(Object.entries(value).map(mask));
}
