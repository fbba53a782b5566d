import type { Kind } from '@croft/api/kind';
import { formatKey, type KubeObject, keyOf, type Stored, type UnknownObject } from '@croft/api/object';
import type { Client } from '@croft/client/client';
import { errorMessage } from '@croft/foundation/errors';
import { type Awaited, awaitedOf, type WaitContext, waitForObjects } from '@croft/release/wait';
import type { InventoryEntry } from '../kustomization/types.ts';
import { inventoryEntryOf, parseInventoryEntry } from './inventory.ts';
import type { Manifest } from './read-manifests.ts';

export interface Applied {
  inventory: InventoryEntry[];
  objects: Awaited[];
  /** `created`, `configured` or `unchanged` by object. */
  changes: string[];
  /** One text for each object that could not be applied. */
  failures: string[];
}

export interface ApplyOptions {
  fieldManager: string;
  /** Namespace for objects that name none. */
  namespace: string;
  labels: Record<string, string>;
  /** What an object is like now, so that an unchanged one is told apart. */
  definitionsTimeoutMs: number;
}

/** These come first, each stage waited for: later objects need them. */
const firstStage = new Set(['Namespace', 'CustomResourceDefinition', 'StorageClass', 'PriorityClass', 'IngressClass']);

/** Applies objects server-side, definitions and namespaces first. One object's failure does not stop the others. */
export async function applyManifests(
  context: WaitContext,
  manifests: readonly Manifest[],
  options: ApplyOptions,
): Promise<Applied> {
  const applied: Applied = { inventory: [], objects: [], changes: [], failures: [] };
  const kinds = createKindCache(context.client);
  const first = manifests.filter(({ object }) => firstStage.has(object.kind));
  const rest = manifests.filter(({ object }) => !firstStage.has(object.kind));
  await applyStage(context, first, options, applied, kinds);
  const definitions = applied.objects.filter(({ kind }) => kind.kind === 'CustomResourceDefinition');
  await waitForObjects(context, definitions, { timeoutMs: options.definitionsTimeoutMs });
  await applyStage(context, rest, options, applied, kinds);
  return applied;
}

async function applyStage(
  context: WaitContext,
  manifests: readonly Manifest[],
  options: ApplyOptions,
  applied: Applied,
  kinds: KindCache,
): Promise<void> {
  for (const { object, file } of manifests) {
    const name = `${object.kind}/${formatKey(keyOf(object))}`;
    try {
      const kind = await kinds(object.apiVersion, object.kind);
      if (kind === undefined)
        throw new Error(
          `the API serves no ${object.kind} of ${object.apiVersion}; is its CustomResourceDefinition missing?`,
        );
      const wanted = withDefaults(object, kind, options);
      applied.inventory.push(inventoryEntryOf(kind, wanted));
      const key = keyOf(wanted);
      const before = await context.client.find(kind, key);
      const after: Stored<KubeObject> = await context.client.apply(kind, wanted, {
        force: true,
        fieldManager: options.fieldManager,
      });
      applied.objects.push(awaitedOf(kind, after));
      const change =
        before === undefined
          ? 'created'
          : before.metadata.resourceVersion === after.metadata.resourceVersion
            ? undefined
            : 'configured';
      if (change !== undefined) applied.changes.push(`${name} ${change}`);
    } catch (error) {
      applied.failures.push(`${file}: ${name}: ${errorMessage(error)}`);
    }
  }
}

function withDefaults(object: UnknownObject, kind: Kind, { namespace, labels }: ApplyOptions): UnknownObject {
  const metadata = { ...object.metadata, labels: { ...object.metadata?.labels, ...labels } };
  if (kind.namespaced) metadata.namespace ??= namespace;
  else delete metadata.namespace;
  return { ...object, metadata };
}

type KindCache = (apiVersion: string, kind: string) => Promise<Kind | undefined>;

/** Discovery, asked once for each kind that exists. */
function createKindCache(client: Client): KindCache {
  const known = new Map<string, Kind>();
  return async (apiVersion, kind) => {
    const id = `${apiVersion} ${kind}`;
    const found = known.get(id) ?? (await client.findKind(apiVersion, kind));
    if (found !== undefined) known.set(id, found);
    return found;
  };
}

export interface PruneOptions {
  /** Only objects that carry these labels are ours to delete. */
  labels: Record<string, string>;
}

const keepAnnotations = {
  'kustomize.toolkit.fluxcd.io/prune': 'disabled',
  'kustomize.toolkit.fluxcd.io/reconcile': 'disabled',
};

/** Deletes what the entries name, in reverse order; gives a text for each object deleted. */
export async function pruneObjects(
  client: Client,
  entries: readonly InventoryEntry[],
  { labels }: PruneOptions,
): Promise<string[]> {
  const pruned: string[] = [];
  for (const entry of [...entries].reverse()) {
    const { group, version, kind: kindName, key } = parseInventoryEntry(entry);
    const kind = await client.findKind(group === '' ? version : `${group}/${version}`, kindName);
    const object = kind && (await client.find(kind, key));
    if (kind === undefined || object === undefined || object.metadata.deletionTimestamp !== undefined) continue;
    const { annotations = {}, labels: present = {} } = object.metadata;
    if (Object.entries(keepAnnotations).some(([name, value]) => annotations[name] === value)) continue;
    if (Object.entries(labels).some(([name, value]) => present[name] !== value)) continue;
    await client.remove(kind, key, { propagationPolicy: 'Background', uid: object.metadata.uid });
    pruned.push(`${kindName}/${formatKey(key)} deleted`);
  }
  return pruned;
}
