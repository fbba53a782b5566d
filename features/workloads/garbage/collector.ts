import type { Kind } from '@croft/api/kind';
import type { KubeObject } from '@croft/api/object';
import { isConflict, isNotFound } from '@croft/api/status';
import type { ObjectChange } from '@croft/client/informer';
import { createWorkQueue } from '@croft/controller/work-queue';
import { errorMessage } from '@croft/foundation/errors';
import type { WorkloadContext } from '../context.ts';
import { collect } from './collect.ts';
import { awaitsDependents, hasFinalizer, isDeleting, type Node, OwnerGraph, ownersOf } from './graph.ts';
import { watchAllKinds } from './watch-kinds.ts';

/**
 * Deletes what is owned by nobody any more, and carries out the foreground and orphan ways to delete
 * (pkg/controller/garbagecollector). Keys of its work are uids.
 */
export function startGarbageCollector(context: WorkloadContext): AsyncDisposable {
  const log = context.log.with({ controller: 'garbage-collector' });
  const graph = new OwnerGraph();
  let ready = false;
  const queue = createWorkQueue({
    concurrency: 4,
    clock: context.clock,
    work: async (uid) => {
      const node = graph.find(uid);
      if (node !== undefined) await collect({ client: context.client, graph, find: kinds.find }, node);
    },
    failed: (uid, error, retryInMs) => {
      if (isConflict(error) || isNotFound(error)) return; // it changed or went meanwhile: the watch tells
      const { kind, object } = graph.find(uid) ?? {};
      const what = `${kind?.kind} ${object?.metadata.namespace ?? ''}/${object?.metadata.name}`;
      log.warn('an object could not be collected', { what, error: errorMessage(error), retryInMs });
    },
  });
  const look = (node: Node) => {
    if (ready && mayNeedWork(node)) queue.add(node.object.metadata.uid);
  };
  const lookAround = (node: Node) => {
    for (const dependent of graph.dependentsOf(node.object.metadata.uid)) look(dependent);
  };
  const tell = (kind: Kind, { type, object, previous }: ObjectChange<KubeObject>) => {
    const node = { kind, object };
    const { uid } = object.metadata;
    if (type === 'deleted') graph.drop(uid);
    else graph.put(node);
    for (const owner of [...ownersOf(node), ...(previous === undefined ? [] : ownersOf({ kind, object: previous }))]) {
      const known = graph.find(owner.uid);
      if (known !== undefined) look(known);
    }
    if (type === 'deleted' || isDeleting(node)) lookAround(node);
    if (type !== 'deleted') look(node);
  };
  const lookAtAll = () => {
    ready = true;
    for (const node of graph.all()) look(node);
  };
  const kinds = watchAllKinds(context, tell, lookAtAll);
  return {
    [Symbol.asyncDispose]: async () => {
      await kinds[Symbol.asyncDispose]();
      await queue[Symbol.asyncDispose]();
    },
  };
}

/** It has owners that may be gone, or is being deleted in a way that is ours to finish. */
function mayNeedWork(node: Node): boolean {
  if (awaitsDependents(node) || (isDeleting(node) && hasFinalizer(node, 'orphan'))) return true;
  return !isDeleting(node) && ownersOf(node).length > 0;
}
