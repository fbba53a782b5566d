import { matchesLabelSelector } from '@croft/api/label-selector';
import type { Stored } from '@croft/api/object';
import { compareQuantities, parseQuantity } from '@croft/api/quantity';
import type { PersistentVolume, PersistentVolumeClaim } from '@croft/api/types';

type Claim = Stored<PersistentVolumeClaim>;
type Volume = Stored<PersistentVolume>;

/** Whether a volume was given to this claim: by hand before the claim was there, or bound to it. */
export function isFor(volume: Volume, claim: Claim): boolean {
  const reference = volume.spec?.claimRef;
  if (reference?.namespace !== claim.metadata.namespace || reference?.name !== claim.metadata.name) return false;
  return reference.uid === undefined || reference.uid === '' || reference.uid === claim.metadata.uid;
}

/** The volume that a claim should have: one that is meant for it, otherwise the smallest free one that will do. */
export function findVolume(claim: Claim, volumes: readonly Volume[]): Volume | undefined {
  const meant = volumes.find((volume) => isFor(volume, claim) && suits(volume, claim));
  if (meant !== undefined) return meant;
  return volumes
    .filter((volume) => volume.spec?.claimRef === undefined && suits(volume, claim) && isChosen(volume, claim))
    .sort((a, b) => compareQuantities(sizeOf(a), sizeOf(b)))[0];
}

function suits({ metadata, spec }: Volume, claim: Claim): boolean {
  const wanted = claim.spec;
  return (
    metadata.deletionTimestamp === undefined &&
    (spec?.storageClassName ?? '') === (wanted?.storageClassName ?? '') &&
    (spec?.volumeMode ?? 'Filesystem') === (wanted?.volumeMode ?? 'Filesystem') &&
    (wanted?.accessModes ?? []).every((mode) => spec?.accessModes?.includes(mode)) &&
    compareQuantities(parseQuantity(spec?.capacity?.storage ?? '0'), requestOf(claim)) >= 0
  );
}

function isChosen(volume: Volume, claim: Claim): boolean {
  const selector = claim.spec?.selector;
  return selector === undefined || matchesLabelSelector(selector, volume.metadata.labels);
}

const sizeOf = (volume: Volume) => parseQuantity(volume.spec?.capacity?.storage ?? '0');

export function requestOf(claim: PersistentVolumeClaim) {
  return parseQuantity(claim.spec?.resources?.requests?.storage ?? '0');
}
