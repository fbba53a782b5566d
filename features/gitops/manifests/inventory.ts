import type { Kind } from '@croft/api/kind';
import { type KubeObject, keyOf, type ObjectKey } from '@croft/api/object';
import type { InventoryEntry } from '../kustomization/types.ts';

/** The inventory's name for an object: `<namespace>_<name>_<group>_<kind>`, with `:` in names written `__`. */
export function inventoryEntryOf(kind: Kind, object: KubeObject): InventoryEntry {
  const { namespace, name } = keyOf(object);
  const scope = kind.namespaced ? (namespace ?? '') : '';
  return { id: [scope, name.replaceAll(':', '__'), kind.group, kind.kind].join('_'), v: kind.version };
}

export interface InventoryObject {
  group: string;
  version: string;
  kind: string;
  key: ObjectKey;
}

export function parseInventoryEntry({ id, v }: InventoryEntry): InventoryObject {
  const match = /^([^_]*)_(.*)_([^_]*)_([^_]+)$/.exec(id);
  if (match === null) throw new Error(`the inventory entry ${JSON.stringify(id)} cannot be read`);
  const [, namespace = '', name = '', group = '', kind = ''] = match;
  return {
    group,
    version: v,
    kind,
    key: { ...(namespace === '' ? {} : { namespace }), name: name.replaceAll('__', ':') },
  };
}

/** What the old inventory has and the new one has not. */
export function missingEntries(before: readonly InventoryEntry[], after: readonly InventoryEntry[]): InventoryEntry[] {
  const present = new Set(after.map(({ id }) => id));
  return before.filter(({ id }) => !present.has(id));
}
