import type { Kind } from '@croft/api/kind';
import { keyOf, type OwnerReference } from '@croft/api/object';
import type { Client } from '@croft/client/client';
import { awaitsDependents, hasFinalizer, isDeleting, type Node, type OwnerGraph, ownersOf } from './graph.ts';

export interface Collecting {
  readonly client: Client;
  readonly graph: OwnerGraph;
  find(apiVersion: string, kind: string): Kind | undefined;
}

type Standing = 'solid' | 'dangling' | 'waiting';

/** Does what is due for one object. */
export async function collect(collecting: Collecting, node: Node): Promise<void> {
  if (isDeleting(node)) {
    if (awaitsDependents(node)) await finishForeground(collecting, node);
    else if (hasFinalizer(node, 'orphan')) await finishOrphan(collecting, node);
    return;
  }
  const owners = await Promise.all(
    ownersOf(node).map(async (owner) => ({ owner, standing: await standingOf(collecting, node, owner) })),
  );
  if (owners.length === 0) return;
  if (owners.some(({ standing }) => standing === 'solid')) {
    const lost = owners.filter(({ standing }) => standing !== 'solid').map(({ owner }) => owner.uid);
    if (lost.length > 0) await dropOwners(collecting, node, new Set(lost));
    return;
  }
  await remove(
    collecting,
    node,
    owners.some(({ standing }) => standing === 'waiting'),
  );
}

/** An owner that waits for its dependents goes when none is left of those that may hold it up. */
async function finishForeground(collecting: Collecting, node: Node): Promise<void> {
  const { uid } = node.object.metadata;
  const blocking = collecting.graph
    .dependentsOf(uid)
    .some((dependent) => ownersOf(dependent).some((owner) => owner.uid === uid && owner.blockOwnerDeletion === true));
  if (!blocking) await dropFinalizer(collecting, node, 'foregroundDeletion');
}

async function finishOrphan(collecting: Collecting, node: Node): Promise<void> {
  const { uid } = node.object.metadata;
  const dependents = collecting.graph.dependentsOf(uid);
  await Promise.all(dependents.map((dependent) => dropOwners(collecting, dependent, new Set([uid]))));
  await dropFinalizer(collecting, node, 'orphan');
}

/** Whether an owner is there. What the graph does not know is asked for before anything is deleted on its account. */
async function standingOf({ client, graph, find }: Collecting, node: Node, owner: OwnerReference): Promise<Standing> {
  const known = graph.find(owner.uid);
  const { namespace } = node.object.metadata;
  if (known !== undefined) {
    const reachable = !known.kind.namespaced || known.object.metadata.namespace === namespace;
    if (reachable) return awaitsDependents(known) ? 'waiting' : 'solid';
  }
  const kind = find(owner.apiVersion, owner.kind);
  if (kind === undefined) return 'solid'; // nobody can tell: the kind may come back
  if (kind.namespaced && namespace === undefined) return 'solid'; // a mistake that is not ours to mend
  const live = await client.find(kind, { namespace: kind.namespaced ? namespace : undefined, name: owner.name });
  if (live?.metadata.uid !== owner.uid) return 'dangling';
  return awaitsDependents({ kind, object: live }) ? 'waiting' : 'solid';
}

/** Deletes an object that nobody owns any more, in the way that its owner's deletion asks for. */
async function remove({ client, graph }: Collecting, node: Node, ownerWaits: boolean): Promise<void> {
  const { uid, resourceVersion } = node.object.metadata;
  const hasDependents = graph.dependentsOf(uid).length > 0;
  const propagationPolicy = hasFinalizer(node, 'orphan')
    ? 'Orphan'
    : hasFinalizer(node, 'foregroundDeletion') || (ownerWaits && hasDependents)
      ? 'Foreground'
      : 'Background';
  await client.remove(node.kind, keyOf(node.object), { uid, resourceVersion, propagationPolicy });
}

async function dropOwners({ client }: Collecting, { kind, object }: Node, uids: ReadonlySet<string>): Promise<void> {
  const { uid, resourceVersion, ownerReferences = [] } = object.metadata;
  const left = ownerReferences.filter((owner) => !uids.has(owner.uid));
  const metadata = { uid, resourceVersion, ownerReferences: left.length === 0 ? null : left };
  await client.patch(kind, keyOf(object), { metadata });
}

async function dropFinalizer({ client }: Collecting, { kind, object }: Node, finalizer: string): Promise<void> {
  const { uid, resourceVersion, finalizers = [] } = object.metadata;
  const left = finalizers.filter((name) => name !== finalizer);
  const metadata = { uid, resourceVersion, finalizers: left.length === 0 ? null : left };
  await client.patch(kind, keyOf(object), { metadata });
}
