import { storageClasses } from '@croft/api/kinds';
import { isAlreadyExists } from '@croft/api/status';
import { type Controller, startController } from '@croft/controller/controller';
import type { WorkloadContext } from '../context.ts';
import { localProvisioner } from './kept-volumes.ts';

const name = 'croft-local';

/**
 * Sees that there is a class for claims that name none: a folder on this machine, kept when its claim goes. One that a
 * person has changed stays as it is.
 */
export function startStorageClass(context: WorkloadContext): Controller {
  const controller = startController(context, {
    name: 'storage-class',
    kind: storageClasses,
    scope: { fieldSelector: `metadata.name=${name}` },
    reconcile: async (found) => {
      if (found === undefined) await createStorageClass(context);
      return undefined;
    },
  });
  controller.enqueue({ name });
  return controller;
}

async function createStorageClass({ client }: WorkloadContext): Promise<void> {
  try {
    await client.create(storageClasses, {
      metadata: { name, annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
      provisioner: localProvisioner,
      reclaimPolicy: 'Retain',
      volumeBindingMode: 'Immediate',
      allowVolumeExpansion: true,
    });
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
}
