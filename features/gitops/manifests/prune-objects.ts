import { formatKey } from '@croft/api/object';
import type { Client } from '@croft/client/client';
import { errorMessage } from '@croft/foundation/errors';
import { type Awaited, awaitedOf } from '@croft/release/wait';
import type { InventoryEntry } from '../kustomization/types.ts';
import { compareForApply } from './apply-order.ts';
import { type InventoryObject, parseInventoryEntry } from './inventory.ts';
import type { KindCache } from './kind-cache.ts';
import { hasMark, marks } from './marks.ts';

export interface PruneOptions {
  kinds: KindCache;
  /** Only objects that carry these labels are ours to delete. */
  labels: Record<string, string>;
}

export interface Pruned {
  /** A text for each object that is being deleted. */
  changes: string[];
  deleted: Awaited[];
  /** What could not be deleted: it keeps its place in the inventory. */
  survivors: InventoryEntry[];
  failures: string[];
}

/** Deletes what the entries name, what was applied last first. One failure does not stop the others. */
export async function pruneObjects(
  client: Client,
  entries: readonly InventoryEntry[],
  options: PruneOptions,
): Promise<Pruned> {
  const pruned: Pruned = { changes: [], deleted: [], survivors: [], failures: [] };
  const objects = entries.map((entry) => ({ entry, object: parseInventoryEntry(entry) }));
  const inOrder = objects.sort((a, b) => compareForApply(asObject(b.object), asObject(a.object)));
  for (const { entry, object } of inOrder) {
    const name = `${object.kind}/${formatKey(object.key)}`;
    try {
      const awaited = await pruneObject(client, object, options);
      if (awaited === undefined) continue;
      pruned.deleted.push(awaited);
      pruned.changes.push(`${name} deleted`);
    } catch (error) {
      pruned.survivors.push(entry);
      pruned.failures.push(`${name} delete failed: ${errorMessage(error)}`);
    }
  }
  return pruned;
}

async function pruneObject(
  client: Client,
  { group, version, kind: kindName, key }: InventoryObject,
  { kinds, labels }: PruneOptions,
): Promise<Awaited | undefined> {
  const kind = await kinds.find(group === '' ? version : `${group}/${version}`, kindName);
  const object = kind && (await client.find(kind, key));
  if (kind === undefined || object === undefined || object.metadata.deletionTimestamp !== undefined) return undefined;
  if (hasMark(marks.kept, object) || hasMark(marks.ignored, object)) return undefined;
  const present = object.metadata.labels ?? {};
  if (Object.entries(labels).some(([name, value]) => present[name] !== value)) return undefined;
  await client.remove(kind, key, { propagationPolicy: 'Background', uid: object.metadata.uid });
  return awaitedOf(kind, object);
}

function asObject({ kind, key }: InventoryObject) {
  return { kind, metadata: { ...key, namespace: key.namespace ?? '' } };
}
