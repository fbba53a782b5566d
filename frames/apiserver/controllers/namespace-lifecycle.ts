import type { UnknownObject } from '@croft/api/object';
import type { Core } from '../core.ts';
import { deleteEntries } from '../delete.ts';
import { updateOwn } from '../own-writes.ts';
import { parseEntry, prefixOf, rangePrefix } from '../served-resource.ts';
import { finalizeNamespace } from '../subresources/finalize.ts';
import type { Controller } from './start.ts';

const namespaces = prefixOf('', 'namespaces');

/**
 * Empties a namespace that is being deleted, then takes away its finalizer. Tells in its conditions what still stands
 * (pkg/controller/namespace/deletion).
 */
export const namespaceLifecycle: Controller = {
  name: 'namespace-lifecycle',
  prefixes: ['/registry/'],
  keysOf: ({ type, entry }) => {
    if (entry.key.startsWith(namespaces)) return type === 'put' ? [entry.key.slice(namespaces.length)] : [];
    const parts = entry.key.split('/');
    return type === 'delete' && parts.length === 6 ? [parts[4] ?? ''] : [];
  },
  reconcile: reconcileNamespace,
};

async function reconcileNamespace(core: Core, name: string): Promise<void> {
  const entry = core.store.get(namespaces + name);
  if (entry === undefined) return;
  const namespace = parseEntry(entry);
  if (namespace.metadata?.deletionTimestamp === undefined) return;
  const finalizers = (namespace.spec as { finalizers?: string[] } | undefined)?.finalizers ?? [];
  if (!finalizers.includes('kubernetes')) return;
  const left = await deleteContents(core, name);
  const served = core.resources.require('', 'v1', 'namespaces');
  if (left.size > 0) {
    await updateOwn(core, served, '', name, (object) => withConditions(core, object, left), 'status');
    return;
  }
  await finalizeNamespace(core, name, (current) => current.filter((finalizer) => finalizer !== 'kubernetes'));
}

/** What could not go yet: how many objects of each resource. */
async function deleteContents(core: Core, namespace: string): Promise<Map<string, UnknownObject[]>> {
  const left = new Map<string, UnknownObject[]>();
  for (const served of core.resources.all()) {
    const { resource } = served;
    if (!resource.namespaced || resource.storedAs !== undefined || !resource.verbs.includes('list')) continue;
    const prefix = rangePrefix(served, namespace);
    const { entries } = core.store.range(prefix);
    if (entries.length === 0) continue;
    await deleteEntries({ core, served }, entries, { dryRun: false, propagationPolicy: 'Background' });
    const remaining = core.store.range(prefix).entries;
    if (remaining.length > 0) {
      const name = resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;
      left.set(name, remaining.map(parseEntry));
    }
  }
  return left;
}

interface Condition {
  type: string;
  status: string;
  reason: string;
  message: string;
  lastTransitionTime?: string;
}

function withConditions(core: Core, object: UnknownObject, left: ReadonlyMap<string, UnknownObject[]>): UnknownObject {
  const status = (object.status ?? {}) as { conditions?: Condition[] };
  const time = `${new Date(core.clock.now()).toISOString().slice(0, 19)}Z`;
  const wanted = conditionsOf(left).map((condition): Condition => {
    const before = status.conditions?.find(({ type }) => type === condition.type);
    const same = before?.status === condition.status && before.message === condition.message;
    return { ...condition, lastTransitionTime: same && before.lastTransitionTime ? before.lastTransitionTime : time };
  });
  return { ...object, status: { ...status, conditions: wanted } };
}

function conditionsOf(left: ReadonlyMap<string, UnknownObject[]>): Condition[] {
  const counts = [...left].map(([name, objects]) => `${name} has ${objects.length} resource instances`);
  const finalizers = new Map<string, number>();
  for (const objects of left.values()) {
    for (const finalizer of objects.flatMap(({ metadata }) => metadata?.finalizers ?? [])) {
      finalizers.set(finalizer, (finalizers.get(finalizer) ?? 0) + 1);
    }
  }
  const held = [...finalizers].map(([finalizer, count]) => `${finalizer} in ${count} resource instances`);
  return [
    condition(
      'NamespaceDeletionDiscoveryFailure',
      false,
      'ResourcesDiscovered',
      'All resources successfully discovered',
    ),
    condition(
      'NamespaceDeletionGroupVersionParsingFailure',
      false,
      'ParsedGroupVersions',
      'All legacy kube types successfully parsed',
    ),
    condition(
      'NamespaceDeletionContentFailure',
      false,
      'ContentDeleted',
      'All content successfully deleted, may be waiting on finalization',
    ),
    condition(
      'NamespaceContentRemaining',
      true,
      'SomeResourcesRemain',
      `Some resources are remaining: ${counts.join(', ')}`,
    ),
    held.length > 0
      ? condition(
          'NamespaceFinalizersRemaining',
          true,
          'SomeFinalizersRemain',
          `Some content in the namespace has finalizers remaining: ${held.join(', ')}`,
        )
      : condition(
          'NamespaceFinalizersRemaining',
          false,
          'ContentHasNoFinalizers',
          'All content-preserving finalizers finished',
        ),
  ];
}

function condition(type: string, value: boolean, reason: string, message: string): Condition {
  return { type, status: value ? 'True' : 'False', reason, message };
}
