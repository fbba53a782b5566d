import { formatQuantity } from '@croft/api/quantity';
import { jsonEqual } from '@croft/foundation/json';
import type { Core } from '../core.ts';
import { isInScope } from '../kinds/quota-scopes.ts';
import { addUsage, countsFor, type Usage, usageOf, zero } from '../kinds/quota-usage.ts';
import { updateOwn } from '../own-writes.ts';
import { quotasPrefix, type ResourceQuota } from '../quota-claims.ts';
import { parseEntry, rangePrefix } from '../served-resource.ts';
import type { Controller } from './start.ts';

/** Writes into the status of every ResourceQuota what its namespace uses (pkg/controller/resourcequota). */
export function quotaStatus(): Controller {
  /** How many quotas each namespace has: without one nothing is to be done. */
  const quotas = new Map<string, Set<string>>();
  return {
    name: 'resource-quota',
    prefixes: ['/registry/'],
    keysOf: ({ type, entry }) => {
      const namespace = namespaceOf(entry.key);
      if (entry.key.startsWith(quotasPrefix)) noteQuota(quotas, namespace, entry.key, type === 'put');
      else if (!quotas.has(namespace)) return [];
      return [namespace];
    },
    reconcile: reconcileQuotas,
  };
}

/** `/registry/GROUP/PLURAL/NAMESPACE/NAME`; keys of objects without a namespace are a part shorter. */
function namespaceOf(key: string): string {
  const parts = key.split('/');
  return parts.length === 6 ? (parts[4] ?? '') : '';
}

function noteQuota(quotas: Map<string, Set<string>>, namespace: string, key: string, stands: boolean): void {
  const known = quotas.get(namespace) ?? new Set();
  if (stands) known.add(key);
  else known.delete(key);
  if (known.size === 0) quotas.delete(namespace);
  else quotas.set(namespace, known);
}

async function reconcileQuotas(core: Core, namespace: string): Promise<void> {
  for (const entry of core.store.range(`${quotasPrefix}${namespace}/`).entries) {
    await reconcileQuota(core, namespace, parseEntry(entry) as ResourceQuota);
  }
}

async function reconcileQuota(core: Core, namespace: string, quota: ResourceQuota): Promise<void> {
  const hard = quota.spec?.hard ?? {};
  const used = usedOf(core, namespace, quota);
  const status = {
    hard,
    used: Object.fromEntries(Object.keys(used).map((name) => [name, formatQuantity(used[name] ?? zero)])),
  };
  if (jsonEqual(status, { hard: quota.status?.hard ?? {}, used: quota.status?.used ?? {} })) return;
  const served = core.resources.require('', 'v1', 'resourcequotas');
  const name = quota.metadata?.name ?? '';
  await updateOwn(core, served, namespace, name, (object) => ({ ...object, status }), 'status');
}

/** Only of what the quota limits. */
function usedOf(core: Core, namespace: string, { spec = {} }: ResourceQuota): Usage {
  const limits = Object.keys(spec.hard ?? {}).sort();
  const used: Usage = {};
  for (const served of core.resources.all()) {
    const { plural, group, namespaced, storedAs } = served.resource;
    if (!namespaced || storedAs !== undefined) continue;
    const resource = group === '' ? plural : `${plural}.${group}`;
    const names = limits.filter((name) => countsFor(resource, name));
    if (names.length === 0) continue;
    const objects = core.store.range(rangePrefix(served, namespace)).entries.map(parseEntry);
    const counted = objects.filter((object) => isInScope(spec, resource, object));
    const total = counted.map((object) => usageOf(resource, object)).reduce(addUsage, {});
    for (const name of names) used[name] = total[name] ?? zero;
  }
  return used;
}
