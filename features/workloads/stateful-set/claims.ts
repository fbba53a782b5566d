import { persistentVolumeClaims, pods, statefulSets } from '@croft/api/kinds';
import type { OwnerReference, Stored } from '@croft/api/object';
import type { PersistentVolumeClaim, Pod, StatefulSet } from '@croft/api/types';
import type { EventRecorder } from '@croft/controller/events';
import { errorMessage } from '@croft/foundation/errors';
import { jsonEqual } from '@croft/foundation/json';
import type { WorkloadContext } from '../context.ts';
import { podName, renderClaims } from './identity.ts';

/** Makes the claims of a Pod that are not there yet, and makes them go with whom the retention policy says. */
export async function ensureClaims(
  context: WorkloadContext,
  events: EventRecorder,
  set: Stored<StatefulSet>,
  ordinal: number,
): Promise<void> {
  for (const claim of renderClaims(set, ordinal)) {
    const name = claim.metadata?.name ?? '';
    const known = context.informers.of(persistentVolumeClaims).get({ namespace: set.metadata.namespace, name });
    if (known === undefined) await createClaim(context, events, set, ordinal, claim);
    else if (known.metadata.deletionTimestamp !== undefined) throw new Error(`claim ${name} is being deleted`);
  }
}

async function createClaim(
  context: WorkloadContext,
  events: EventRecorder,
  set: Stored<StatefulSet>,
  ordinal: number,
  claim: PersistentVolumeClaim,
): Promise<void> {
  const about = `Claim ${claim.metadata?.name} Pod ${podName(set, ordinal)} in StatefulSet ${set.metadata.name}`;
  const ownerReferences = wantedOwners(set, undefined, []);
  try {
    const metadata = { ...claim.metadata, ...(ownerReferences.length === 0 ? {} : { ownerReferences }) };
    await context.writer.create(persistentVolumeClaims, { ...claim, metadata });
    events.record(set, 'Normal', 'SuccessfulCreate', `create ${about} success`);
  } catch (error) {
    events.record(set, 'Warning', 'FailedCreate', `create ${about} failed error: ${errorMessage(error)}`);
    throw error;
  }
}

/** Sees to the owners of the claims of one Pod. `condemned` is the Pod where the set no longer wants it. */
export async function retainClaims(
  context: WorkloadContext,
  set: Stored<StatefulSet>,
  ordinal: number,
  condemned?: Stored<Pod>,
): Promise<void> {
  for (const { metadata } of renderClaims(set, ordinal)) {
    const key = { namespace: set.metadata.namespace, name: metadata?.name ?? '' };
    const claim = context.informers.of(persistentVolumeClaims).get(key);
    if (claim === undefined) continue;
    const present = (claim.metadata.ownerReferences ?? []) as OwnerReference[];
    const wanted = wantedOwners(set, condemned, present);
    if (jsonEqual(present, wanted)) continue;
    const { resourceVersion } = claim.metadata;
    const ownerReferences = wanted.length === 0 ? null : wanted;
    await context.writer.patch(persistentVolumeClaims, claim, { metadata: { resourceVersion, ownerReferences } });
  }
}

/**
 * persistentVolumeClaimRetentionPolicy: whenDeleted Delete makes claims go with the set, whenScaled Delete with a Pod
 * that is scaled away. The owners of others are left alone.
 */
function wantedOwners(
  set: Stored<StatefulSet>,
  condemned: Stored<Pod> | undefined,
  present: readonly OwnerReference[],
): OwnerReference[] {
  const { whenDeleted, whenScaled } = set.spec?.persistentVolumeClaimRetentionPolicy ?? {};
  const ours = ({ kind, name }: OwnerReference) =>
    (kind === statefulSets.kind && name === set.metadata.name) ||
    (kind === pods.kind && name.startsWith(`${set.metadata.name}-`));
  const owners = present.filter((owner) => !ours(owner));
  const { name, uid } = set.metadata;
  if (condemned !== undefined && whenScaled === 'Delete') {
    owners.push({ apiVersion: 'v1', kind: 'Pod', name: condemned.metadata.name, uid: condemned.metadata.uid });
  } else if (whenDeleted === 'Delete') {
    owners.push({ apiVersion: 'apps/v1', kind: 'StatefulSet', name, uid, controller: true });
  }
  return owners;
}
