import { persistentVolumeClaims, persistentVolumes, pods, storageClasses } from '@croft/api/kinds';
import type { ObjectKey, Stored } from '@croft/api/object';
import type { PersistentVolumeClaim, Pod } from '@croft/api/types';
import { type Controller, onChangeOf, startController } from '@croft/controller/controller';
import { removeFinalizer } from '@croft/controller/finalizers';
import type { WorkloadContext } from '../context.ts';
import { writeStatus } from '../write-status.ts';
import { bind } from './bind.ts';
import { findVolume, isFor } from './match-volume.ts';
import { tellWait } from './tell-wait.ts';

const protection = 'kubernetes.io/pvc-protection';

/** Binds claims to volumes, and keeps a claim that is being deleted until no Pod uses it. */
export function startClaims(context: WorkloadContext): Controller {
  return startController(context, {
    name: 'claim',
    kind: persistentVolumeClaims,
    triggers: [
      onChangeOf(pods, claimsOf),
      onChangeOf(persistentVolumes, (volume) => {
        const { claimRef } = volume.spec ?? {};
        if (claimRef?.name !== undefined) return [{ namespace: claimRef.namespace, name: claimRef.name }];
        return pendingClaims(context).map(({ metadata }) => metadata);
      }),
      onChangeOf(storageClasses, ({ metadata: { name } }) => {
        const waiting = pendingClaims(context).filter(({ spec }) => spec?.storageClassName === name);
        return waiting.map(({ metadata }) => metadata);
      }),
    ],
    reconcile: async (claim) => {
      if (claim === undefined) return undefined;
      if (claim.metadata.deletionTimestamp !== undefined) await releaseUnused(context, claim);
      else await reconcileClaim(context, claim);
      return undefined;
    },
  });
}

/** The claims that a Pod names, those of its ephemeral volumes among them. */
export function claimsOf(pod: Stored<Pod>): ObjectKey[] {
  const { namespace, name: podName } = pod.metadata;
  return (pod.spec?.volumes ?? []).flatMap(({ name, persistentVolumeClaim, ephemeral }) => {
    if (persistentVolumeClaim !== undefined) return [{ namespace, name: persistentVolumeClaim.claimName }];
    return ephemeral === undefined ? [] : [{ namespace, name: `${podName}-${name}` }];
  });
}

function pendingClaims(context: WorkloadContext): Stored<PersistentVolumeClaim>[] {
  return context.informers
    .of(persistentVolumeClaims)
    .list()
    .filter(({ spec }) => spec?.volumeName === undefined);
}

async function reconcileClaim(context: WorkloadContext, claim: Stored<PersistentVolumeClaim>): Promise<void> {
  const volumes = context.informers.of(persistentVolumes);
  const { volumeName } = claim.spec ?? {};
  if (volumeName === undefined) {
    const volume = findVolume(claim, volumes.list());
    if (volume !== undefined) return await bind(context, claim, volume);
    tellWait(context, claim);
    return await writeClaimPhase(context, claim, 'Pending');
  }
  const volume = volumes.get({ name: volumeName });
  if (volume !== undefined && (isFor(volume, claim) || volume.spec?.claimRef === undefined)) {
    return await bind(context, claim, volume);
  }
  const wasBound = claim.status?.phase === 'Bound' || claim.status?.phase === 'Lost';
  await writeClaimPhase(context, claim, wasBound ? 'Lost' : 'Pending');
}

async function writeClaimPhase(
  context: WorkloadContext,
  claim: Stored<PersistentVolumeClaim>,
  phase: 'Pending' | 'Lost',
): Promise<void> {
  if (claim.status?.phase === phase) return;
  await writeStatus(context, persistentVolumeClaims, claim, { ...claim.status, phase });
}

async function releaseUnused(context: WorkloadContext, claim: Stored<PersistentVolumeClaim>): Promise<void> {
  const { namespace, name } = claim.metadata;
  const used = context.informers
    .of(pods)
    .list(namespace)
    .some((pod) => (pod.spec?.nodeName ?? '') !== '' && claimsOf(pod).some((key) => key.name === name));
  if (!used) await removeFinalizer(context.client, persistentVolumeClaims, claim, protection);
}
