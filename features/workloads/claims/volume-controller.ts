import { persistentVolumeClaims, persistentVolumes } from '@croft/api/kinds';
import type { Stored } from '@croft/api/object';
import type { PersistentVolume } from '@croft/api/types';
import { type Controller, onChangeOf, startController } from '@croft/controller/controller';
import { removeFinalizer } from '@croft/controller/finalizers';
import type { WorkloadContext } from '../context.ts';
import { writePhase } from './bind.ts';

const protection = 'kubernetes.io/pv-protection';

/** Tells the phase of each volume, and keeps one that is being deleted while a claim is bound to it. */
export function startVolumes(context: WorkloadContext): Controller {
  return startController(context, {
    name: 'volume',
    kind: persistentVolumes,
    triggers: [
      onChangeOf(persistentVolumeClaims, ({ spec }) =>
        spec?.volumeName === undefined ? [] : [{ name: spec.volumeName }],
      ),
    ],
    reconcile: async (volume) => {
      if (volume === undefined) return undefined;
      const phase = phaseOf(context, volume);
      if (volume.metadata.deletionTimestamp === undefined) await writePhase(context, volume, phase);
      else if (phase !== 'Bound') await removeFinalizer(context.client, persistentVolumes, volume, protection);
      return undefined;
    },
  });
}

export function phaseOf(
  context: WorkloadContext,
  volume: Stored<PersistentVolume>,
): 'Available' | 'Bound' | 'Released' {
  const { namespace, name, uid } = volume.spec?.claimRef ?? {};
  if (name === undefined || uid === undefined || uid === '') return 'Available';
  const claim = context.informers.of(persistentVolumeClaims).get({ namespace, name });
  return claim?.metadata.uid === uid ? 'Bound' : 'Released';
}
