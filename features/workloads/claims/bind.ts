import { persistentVolumeClaims, persistentVolumes } from '@croft/api/kinds';
import type { Stored } from '@croft/api/object';
import type { PersistentVolume, PersistentVolumeClaim } from '@croft/api/types';
import type { WorkloadContext } from '../context.ts';
import { writeStatus } from '../write-status.ts';
import { isFor } from './match-volume.ts';

const boundAnnotation = 'pv.kubernetes.io/bound-by-controller';
const completedAnnotation = 'pv.kubernetes.io/bind-completed';

type Claim = Stored<PersistentVolumeClaim>;
type Volume = Stored<PersistentVolume>;

/**
 * Binds a volume and a claim to each other, the volume first, so that nobody sees a bound claim whose volume is free.
 * Each step may have been taken before (pkg/controller/volume/persistentvolume).
 */
export async function bind(context: WorkloadContext, claim: Claim, volume: Volume): Promise<void> {
  const taken = isFor(volume, claim)
    ? await takeVolume(context, claim, volume)
    : await chooseVolume(context, claim, volume);
  await writePhase(context, taken, 'Bound');
  const pointed = await pointTo(context, claim, taken);
  await writeStatus(context, persistentVolumeClaims, pointed, {
    ...pointed.status,
    phase: 'Bound',
    accessModes: taken.spec?.accessModes ?? [],
    capacity: taken.spec?.capacity ?? {},
  });
}

export async function writePhase(
  context: WorkloadContext,
  volume: Volume,
  phase: 'Available' | 'Bound' | 'Released',
): Promise<void> {
  if (volume.status?.phase === phase) return;
  await writeStatus(context, persistentVolumes, volume, { ...volume.status, phase });
}

async function chooseVolume(context: WorkloadContext, claim: Claim, volume: Volume): Promise<Volume> {
  const annotations = { [boundAnnotation]: 'yes' };
  return await writeReference(context, claim, volume, annotations);
}

/** A volume that was meant for the claim's name now is for this very claim. */
async function takeVolume(context: WorkloadContext, claim: Claim, volume: Volume): Promise<Volume> {
  return volume.spec?.claimRef?.uid === claim.metadata.uid ? volume : await writeReference(context, claim, volume, {});
}

async function writeReference(
  context: WorkloadContext,
  claim: Claim,
  volume: Volume,
  annotations: Record<string, string>,
): Promise<Volume> {
  const claimRef = referenceTo(claim);
  const metadata = { resourceVersion: volume.metadata.resourceVersion, annotations };
  return await context.writer.patch(persistentVolumes, volume, { metadata, spec: { claimRef } });
}

export function referenceTo({ metadata }: Claim) {
  const { namespace = '', name, uid, resourceVersion } = metadata;
  return { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid, resourceVersion };
}

async function pointTo(context: WorkloadContext, claim: Claim, volume: Volume): Promise<Claim> {
  const chosen = claim.spec?.volumeName !== undefined;
  if (chosen && claim.metadata.annotations?.[completedAnnotation] !== undefined) return claim;
  const { resourceVersion } = claim.metadata;
  const annotations = { [completedAnnotation]: 'yes', ...(chosen ? {} : { [boundAnnotation]: 'yes' }) };
  const body = { metadata: { resourceVersion, annotations }, spec: { volumeName: volume.metadata.name } };
  return await context.writer.patch(persistentVolumeClaims, claim, body);
}
