import { persistentVolumeClaims, persistentVolumes, storageClasses } from '@croft/api/kinds';
import type { Stored } from '@croft/api/object';
import { isAlreadyExists } from '@croft/api/status';
import type { PersistentVolume, PersistentVolumeClaim } from '@croft/api/types';
import { type Controller, onChangeOf, readsFrom, startController } from '@croft/controller/controller';
import type { EventRecorder } from '@croft/controller/events';
import { formatTime } from '@croft/foundation/clock';
import { errorMessage } from '@croft/foundation/errors';
import type { WorkloadContext } from '../context.ts';
import { referenceTo } from './bind.ts';
import { findKept, growVolume, localProvisioner, provisionedAnnotation, takeBack } from './kept-volumes.ts';
import { ensureFolder, type FolderRecord, findFolder, folderName } from './local-folders.ts';

/** `fresh` on a claim: begin with an empty folder though an earlier claim of this name has left its data. */
export const dataAnnotation = 'volumes.croft.dev/data';

export interface LocalVolumes {
  volumesDir: string;
  nodeName: string;
}

type Claim = Stored<PersistentVolumeClaim>;

/**
 * Serves claims of the classes of this provisioner from a local folder each. A claim that comes back under the same
 * namespace and name finds its data again: as a PersistentVolume that was kept, or from the folder alone.
 */
export function startLocalProvisioner(context: WorkloadContext, local: LocalVolumes): Controller {
  const events = context.eventsOf(localProvisioner);
  return startController(context, {
    name: 'local-provisioner',
    kind: persistentVolumeClaims,
    triggers: [
      readsFrom(persistentVolumes),
      onChangeOf(storageClasses, ({ metadata }) => claimsOfClass(context, metadata.name)),
    ],
    reconcile: async (claim) => {
      if (claim === undefined || claim.metadata.deletionTimestamp !== undefined) return undefined;
      if (claim.spec?.volumeName !== undefined) await growVolume(context, claim);
      else if (isOurs(context, claim)) await serveClaim(context, events, local, claim);
      return undefined;
    },
  });
}

function claimsOfClass(context: WorkloadContext, className: string) {
  const claims = context.informers.of(persistentVolumeClaims).list();
  return claims.filter(({ spec }) => spec?.storageClassName === className).map(({ metadata }) => metadata);
}

function isOurs(context: WorkloadContext, { spec }: Claim): boolean {
  const name = spec?.storageClassName ?? '';
  const known = name === '' ? undefined : context.informers.of(storageClasses).get({ name });
  return known?.provisioner === localProvisioner;
}

async function serveClaim(
  context: WorkloadContext,
  events: EventRecorder,
  local: LocalVolumes,
  claim: Claim,
): Promise<void> {
  const volumes = context.informers.of(persistentVolumes).list();
  if (volumes.some(({ spec }) => spec?.claimRef?.uid === claim.metadata.uid)) return; // it waits to be bound
  if (claim.spec?.volumeMode === 'Block') {
    const message = `class ${claim.spec.storageClassName} serves folders, not block devices: ask for volumeMode Filesystem`;
    events.record(claim, 'Warning', 'ProvisioningFailed', message);
    return;
  }
  try {
    const fresh = claim.metadata.annotations?.[dataAnnotation] === 'fresh';
    const kept = fresh ? undefined : findKept(context, claim, volumes);
    const volume =
      kept === undefined ? await provision(context, local, claim, fresh) : await takeBack(context, claim, kept);
    const what =
      kept === undefined ? 'Successfully provisioned volume' : 'The data of an earlier claim is used again: volume';
    events.record(claim, 'Normal', 'ProvisioningSucceeded', `${what} ${volume}`);
  } catch (error) {
    events.record(claim, 'Warning', 'ProvisioningFailed', errorMessage(error));
    throw error;
  }
}

async function provision(context: WorkloadContext, local: LocalVolumes, claim: Claim, fresh: boolean): Promise<string> {
  const { namespace = '', name, uid } = claim.metadata;
  const found = fresh ? undefined : await findFolder(local.volumesDir, namespace, name);
  const createdAt = formatTime(context.clock.now());
  const record: FolderRecord = found ?? { folder: folderName(claim), namespace, claim: name, uid, createdAt };
  const path = await ensureFolder(local.volumesDir, record);
  try {
    await context.writer.create(persistentVolumes, renderVolume(context, local, claim, record.folder, path));
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
    throw new Error(
      `a PersistentVolume ${record.folder} is there already and is not for this claim: remove it or its claimRef`,
    );
  }
  return record.folder;
}

function renderVolume(
  context: WorkloadContext,
  { nodeName }: LocalVolumes,
  claim: Claim,
  name: string,
  path: string,
): PersistentVolume {
  const storageClassName = claim.spec?.storageClassName ?? '';
  const policy = context.informers.of(storageClasses).get({ name: storageClassName })?.reclaimPolicy ?? 'Retain';
  const onNode = { key: 'kubernetes.io/hostname', operator: 'In', values: [nodeName] };
  return {
    metadata: { name, annotations: { [provisionedAnnotation]: localProvisioner } },
    spec: {
      capacity: { storage: claim.spec?.resources?.requests?.storage ?? '0' },
      accessModes: claim.spec?.accessModes ?? ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: policy,
      storageClassName,
      volumeMode: 'Filesystem',
      local: { path },
      nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [onNode] }] } },
      claimRef: referenceTo(claim),
    },
  };
}
