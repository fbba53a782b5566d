import { persistentVolumeClaims, persistentVolumes } from '@croft/api/kinds';
import { type Controller, readsFrom, startController } from '@croft/controller/controller';
import type { WorkloadContext } from '../context.ts';
import { localProvisioner, provisionedAnnotation } from './kept-volumes.ts';
import { removeFolder } from './local-folders.ts';
import type { LocalVolumes } from './local-provisioner.ts';
import { phaseOf } from './volume-controller.ts';

/** Removes the data of volumes that were released under the policy Delete. */
export function startLocalReclaimer(context: WorkloadContext, { volumesDir }: LocalVolumes): Controller {
  return startController(context, {
    name: 'local-reclaimer',
    kind: persistentVolumes,
    triggers: [readsFrom(persistentVolumeClaims)],
    reconcile: async (volume) => {
      if (volume?.metadata.annotations?.[provisionedAnnotation] !== localProvisioner) return undefined;
      if (volume.spec?.persistentVolumeReclaimPolicy !== 'Delete' || volume.status?.phase !== 'Released')
        return undefined;
      if (phaseOf(context, volume) !== 'Released') return undefined;
      await removeFolder(volumesDir, volume.metadata.name);
      await context.writer.delete(persistentVolumes, volume);
      return undefined;
    },
  });
}
