import type { UnknownObject } from '@croft/api/object';
import type { Status } from '@croft/api/status';
import { formatTime } from '@croft/foundation/clock';
import { type Entry, RevisionMismatchError } from '@croft/store/contract';
import type { Core, Writing } from './core.ts';
import { encodeAt, lastText } from './create.ts';
import { cleanupFinalizer, type Definition, withCondition } from './custom/definition.ts';
import type { DeleteOptions } from './delete-options.ts';
import { conflict, forbidden, modifiedText, notFound, preconditionFailed } from './failures.ts';
import { keyFor, objectOf, parseEntry, prefixOf, renderObject, type ServedResource } from './served-resource.ts';

/** What a delete answers: the object while it waits or where its kind says so, otherwise a Status. */
export type Deleted = { text: string; waits?: boolean } | { status: Status };

const priorityClassesPrefix = prefixOf('scheduling.k8s.io', 'priorityclasses');
const systemPriorityClasses = new Set(['system-cluster-critical', 'system-node-critical']);
const protectedNamespaces = new Set(['default', 'kube-system', 'kube-public']);

/** Deletes an object, or marks it where finalizers or a Pod's grace stand before that. */
export async function deleteObject(
  core: Core,
  served: ServedResource,
  namespace: string,
  name: string,
  options: DeleteOptions,
): Promise<Deleted> {
  if (isNamespaces(served) && protectedNamespaces.has(name)) {
    throw forbidden(served.resource, name, 'this namespace may not be deleted');
  }
  if (served.prefix === priorityClassesPrefix && systemPriorityClasses.has(name)) {
    throw forbidden(served.resource, name, 'this is a system priority class and cannot be deleted');
  }
  const key = keyFor(served, namespace, name);
  for (;;) {
    const entry = core.store.get(key);
    if (entry === undefined) throw notFound(served.resource, name);
    checkPreconditions(served, parseEntry(entry), name, options);
    try {
      return await deleteEntry(core, served, entry, options);
    } catch (error) {
      if (!(error instanceof RevisionMismatchError)) throw error;
    }
  }
}

function checkPreconditions(served: ServedResource, object: UnknownObject, name: string, options: DeleteOptions): void {
  const { uid, resourceVersion } = object.metadata ?? {};
  if (options.uid !== undefined && options.uid !== uid) {
    const why = `the UID in the precondition (${options.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`;
    throw preconditionFailed(served.resource, name, why);
  }
  if (options.resourceVersion !== undefined && options.resourceVersion !== resourceVersion) {
    const why = `the ResourceVersion in the precondition (${options.resourceVersion}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`;
    throw preconditionFailed(served.resource, name, why);
  }
}

/** Throws RevisionMismatchError when another write came first. */
async function deleteEntry(core: Core, served: ServedResource, entry: Entry, options: DeleteOptions): Promise<Deleted> {
  const object = objectOf(served, entry);
  const meta = { ...object.metadata };
  object.metadata = meta;
  const graceSeconds = graceOf(served, object, options);
  const finalizers = finalizersAfter(served, meta.finalizers ?? [], options);
  const waits = finalizers.length > 0 || graceSeconds > 0 || isHeldNamespace(served, object);
  const isPod = served.prefix === podPrefix;
  if (!waits) {
    if (isPod) markDeleted(core, object, 0);
    if (!options.dryRun) meta.resourceVersion = String(await removeEntry(core, served, entry));
    return answer(served, object);
  }
  if (finalizers.length > 0) meta.finalizers = finalizers;
  else delete meta.finalizers;
  const changed =
    markDeleted(core, object, graceSeconds) || !sameMembers(finalizers, parseEntry(entry).metadata?.finalizers ?? []);
  if (isDefinitions(served)) markTerminating(core, object as Definition);
  if (isNamespaces(served)) {
    delete meta.deletionGracePeriodSeconds;
    object.status = { ...(object.status as object | undefined), phase: 'Terminating' };
  }
  if (!changed || options.dryRun) return { text: renderObject(object), waits: true };
  const stored = served.stored(object);
  const written = await core.store.put(entry.key, (revision) => encodeAt(stored, revision), {
    expected: entry.revision,
  });
  return { text: served.textOf(written), waits: true };
}

const podPrefix = '/registry/core/pods/';
const isNamespaces = (served: ServedResource): boolean => served.prefix === '/registry/core/namespaces/';

const isDefinitions = (served: ServedResource): boolean =>
  served.prefix === '/registry/apiextensions.k8s.io/customresourcedefinitions/';

/** The objects of a definition go first. */
function markTerminating(core: Core, definition: Definition): void {
  const terminating = {
    type: 'Terminating',
    status: 'True',
    reason: 'InstanceDeletionPending',
    message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
  };
  const conditions = definition.status?.conditions ?? [];
  const time = formatTime(core.clock.now());
  definition.status = { ...definition.status, conditions: withCondition(conditions, terminating, time) };
}

/** Only Pods have a grace: as asked for, or as their spec says; none when no node runs them. */
function graceOf(served: ServedResource, object: UnknownObject, options: DeleteOptions): number {
  if (served.prefix !== podPrefix) return 0;
  const spec = (object.spec ?? {}) as { nodeName?: string; terminationGracePeriodSeconds?: number };
  const phase = (object.status as { phase?: string } | undefined)?.phase;
  if ((spec.nodeName ?? '') === '' || phase === 'Succeeded' || phase === 'Failed') return 0;
  const wanted = options.gracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 30;
  return wanted < 0 ? 1 : wanted;
}

function finalizersAfter(
  served: ServedResource,
  finalizers: readonly string[],
  { propagationPolicy }: DeleteOptions,
): string[] {
  if (isDefinitions(served)) return [...new Set([...finalizers, cleanupFinalizer])];
  if (propagationPolicy === undefined) return [...finalizers];
  const kept = finalizers.filter((finalizer) => finalizer !== 'orphan' && finalizer !== 'foregroundDeletion');
  if (propagationPolicy === 'Orphan') return [...kept, 'orphan'];
  return propagationPolicy === 'Foreground' ? [...kept, 'foregroundDeletion'] : kept;
}

function sameMembers(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((item) => right.includes(item));
}

/** A namespace is removed by its own finalization once `spec.finalizers` is empty. */
function isHeldNamespace(served: ServedResource, object: UnknownObject): boolean {
  if (!isNamespaces(served)) return false;
  return ((object.spec as { finalizers?: string[] } | undefined)?.finalizers ?? []).length > 0;
}

/** Sets the time of deletion; a grace only ever gets shorter. False when nothing had to change. */
function markDeleted(core: Core, object: UnknownObject, graceSeconds: number): boolean {
  const meta = object.metadata ?? {};
  const before = meta.deletionGracePeriodSeconds;
  if (meta.deletionTimestamp !== undefined && (before === undefined || graceSeconds >= before)) return false;
  const deletedAtMs =
    meta.deletionTimestamp === undefined ? core.clock.now() : Date.parse(meta.deletionTimestamp) - (before ?? 0) * 1000;
  if (meta.deletionTimestamp === undefined && (meta.generation ?? 0) > 0) meta.generation = (meta.generation ?? 0) + 1;
  const nowMs = core.clock.now();
  const endsAtMs = deletedAtMs + graceSeconds * 1000;
  // A grace that is made so short that it is over ends now; whoever runs the Pod still has a second.
  meta.deletionTimestamp = formatTime(Math.max(endsAtMs, nowMs));
  meta.deletionGracePeriodSeconds = endsAtMs < nowMs && graceSeconds > 0 ? 1 : graceSeconds;
  return true;
}

/** Gives the revision that removed it. */
async function removeEntry(core: Core, served: ServedResource, entry: Entry): Promise<number> {
  const gone = await core.store.delete(entry.key, { expected: entry.revision }, lastText(entry));
  if (gone === undefined) throw conflict(served.resource, parseEntry(entry).metadata?.name ?? '', modifiedText);
  return gone.revision;
}

function answer(served: ServedResource, object: UnknownObject): Deleted {
  if (served.rules.returnsDeleted === true || served.prefix === podPrefix || isNamespaces(served)) {
    return { text: renderObject(object) };
  }
  const { group, plural } = served.resource;
  return { status: deletedStatus(object.metadata?.name ?? '', group, plural, object.metadata?.uid ?? '') };
}

function deletedStatus(name: string, group: string, kind: string, uid: string): Status {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name, ...(group === '' ? {} : { group }), kind, uid },
  };
}

/** Deletes what a collection's selectors show; gives those objects as they stood. */
export async function deleteEntries(
  writing: Pick<Writing, 'core' | 'served'>,
  entries: readonly Entry[],
  options: DeleteOptions,
): Promise<void> {
  const { core, served } = writing;
  await Promise.all(
    entries.map(async (entry) => {
      const { name = '', namespace = '' } = parseEntry(entry).metadata ?? {};
      try {
        await deleteObject(core, served, namespace, name, options);
      } catch (error) {
        if (core.store.get(entry.key) !== undefined) throw error;
      }
    }),
  );
}
