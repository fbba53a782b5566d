import { storageClasses } from '@croft/api/kinds';
import type { Stored } from '@croft/api/object';
import type { PersistentVolumeClaim } from '@croft/api/types';
import type { WorkloadContext } from '../context.ts';
import { localProvisioner } from './kept-volumes.ts';

interface Wait {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

/** Tells what a claim waits for that no volume fits: an event, in the words of Kubernetes' volume controller. */
export function tellWait(context: WorkloadContext, claim: Stored<PersistentVolumeClaim>): void {
  const wait = findWait(context, claim.spec?.storageClassName ?? '');
  if (wait !== undefined)
    context.eventsOf('persistentvolume-controller').record(claim, wait.type, wait.reason, wait.message);
}

/** Undefined where the local provisioner has its own to tell. */
function findWait({ informers }: WorkloadContext, className: string): Wait | undefined {
  if (className === '') {
    const message = 'no persistent volumes available for this claim and no storage class is set';
    return { type: 'Normal', reason: 'FailedBinding', message };
  }
  const known = informers.of(storageClasses).get({ name: className });
  if (known === undefined) {
    const message = `storageclass.storage.k8s.io "${className}" not found`;
    return { type: 'Warning', reason: 'ProvisioningFailed', message };
  }
  if (known.provisioner === localProvisioner) return undefined;
  if (known.volumeBindingMode === 'WaitForFirstConsumer') {
    const message = 'waiting for first consumer to be created before binding';
    return { type: 'Normal', reason: 'WaitForFirstConsumer', message };
  }
  const message = `Waiting for a volume to be created either by the external provisioner '${known.provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`;
  return { type: 'Normal', reason: 'ExternalProvisioning', message };
}
