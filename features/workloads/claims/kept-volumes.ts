import { persistentVolumes } from '@croft/api/kinds';
import type { Stored } from '@croft/api/object';
import { compareQuantities, parseQuantity } from '@croft/api/quantity';
import type { PersistentVolume, PersistentVolumeClaim } from '@croft/api/types';
import type { WorkloadContext } from '../context.ts';
import { createdMs } from '../pods/victims.ts';
import { referenceTo } from './bind.ts';
import { requestOf } from './match-volume.ts';
import { phaseOf } from './volume-controller.ts';

export const localProvisioner = 'croft.dev/local';
export const provisionedAnnotation = 'pv.kubernetes.io/provisioned-by';

type Claim = Stored<PersistentVolumeClaim>;

/** A claim that asks for more gets it at once: a folder has no size of its own. */
export async function growVolume(context: WorkloadContext, claim: Claim): Promise<void> {
  const volume = context.informers.of(persistentVolumes).get({ name: claim.spec?.volumeName ?? '' });
  if (volume?.metadata.annotations?.[provisionedAnnotation] !== localProvisioner) return;
  const storage = claim.spec?.resources?.requests?.storage ?? '0';
  if (compareQuantities(parseQuantity(volume.spec?.capacity?.storage ?? '0'), parseQuantity(storage)) >= 0) return;
  const { resourceVersion } = volume.metadata;
  await context.writer.patch(persistentVolumes, volume, {
    metadata: { resourceVersion },
    spec: { capacity: { storage } },
  });
}

/** The volume of an earlier claim of this name. */
export function findKept(
  context: WorkloadContext,
  { metadata }: Claim,
  volumes: readonly Stored<PersistentVolume>[],
): Stored<PersistentVolume> | undefined {
  return [...volumes]
    .sort((a, b) => createdMs(b) - createdMs(a))
    .find(
      (volume) =>
        volume.metadata.annotations?.[provisionedAnnotation] === localProvisioner &&
        volume.metadata.deletionTimestamp === undefined &&
        volume.spec?.persistentVolumeReclaimPolicy === 'Retain' &&
        volume.spec.claimRef?.namespace === metadata.namespace &&
        volume.spec.claimRef?.name === metadata.name &&
        phaseOf(context, volume) === 'Released',
    );
}

/** Gives a kept volume to the new claim. A folder has no fixed size: it is as large as either claim asked for. */
export async function takeBack(
  context: WorkloadContext,
  claim: Claim,
  volume: Stored<PersistentVolume>,
): Promise<string> {
  const before = volume.spec?.capacity?.storage ?? '0';
  const larger = compareQuantities(parseQuantity(before), requestOf(claim)) < 0;
  const storage = larger ? (claim.spec?.resources?.requests?.storage ?? before) : before;
  const { name, resourceVersion } = volume.metadata;
  await context.writer.patch(persistentVolumes, volume, {
    metadata: { resourceVersion },
    spec: {
      claimRef: referenceTo(claim),
      capacity: { storage },
      accessModes: claim.spec?.accessModes ?? [],
      storageClassName: claim.spec?.storageClassName,
    },
  });
  return name;
}
