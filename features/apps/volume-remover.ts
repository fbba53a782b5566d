import { persistentVolumeClaims, persistentVolumes, secrets } from '@croft/api/kinds';
import { keyOf, type ObjectKey, type Stored } from '@croft/api/object';
import type { PersistentVolumeClaim, Secret } from '@croft/api/types';
import { type Controller, type ControllerContext, onChangeOf, startController } from '@croft/controller/controller';
import { createEventRecorder } from '@croft/controller/events';
import { readSecretText } from './settings-secret.ts';

const suffix = '-settings';
const recordType = 'helm.sh/release.v1';

/**
 * Removes the volumes of applications whose settings Secret says `enabled: "false"` and `volumes: delete`, once their
 * release is uninstalled: their claims, and with them the data. Without that key volumes are kept.
 */
export function startVolumeRemover(context: ControllerContext): Controller {
  const { client, informers } = context;
  const events = createEventRecorder({ ...context, component: 'croft-apps' });

  async function removeClaim(claim: Stored<PersistentVolumeClaim>): Promise<void> {
    const { volumeName } = claim.spec ?? {};
    if (volumeName !== undefined) {
      const policy = { spec: { persistentVolumeReclaimPolicy: 'Delete' } };
      await client.patch(persistentVolumes, { name: volumeName }, policy);
    }
    await client.remove(persistentVolumeClaims, keyOf(claim), { uid: claim.metadata.uid });
  }

  return startController<Secret>(context, {
    name: 'volume-remover',
    kind: secrets,
    triggers: [onChangeOf(secrets, settingsOfRecord), onChangeOf(persistentVolumeClaims, settingsOfClaim)],
    reconcile: async (secret) => {
      if (secret === undefined || !isToLoseVolumes(secret)) return undefined;
      const { namespace } = secret.metadata;
      const release = secret.metadata.name.slice(0, -suffix.length);
      if (informers.of(secrets).list(namespace).some(isRecordOf(release))) return undefined; // its end brings us back
      const claims = informers.of(persistentVolumeClaims).list(namespace);
      const doomed = claims.filter((claim) => releaseOf(claim) === release && !claim.metadata.deletionTimestamp);
      for (const claim of doomed) await removeClaim(claim);
      const names = doomed.map(({ metadata }) => metadata.name).join(', ');
      if (names !== '')
        events.record(secret, 'Normal', 'VolumesRemoved', `removed the volumes of ${release}: ${names}`);
      return undefined;
    },
  });
}

function isToLoseVolumes(secret: Stored<Secret>): boolean {
  const says = (key: string) => readSecretText(secret, key).trim();
  return secret.metadata.name.endsWith(suffix) && says('enabled') === 'false' && says('volumes') === 'delete';
}

function isRecordOf(release: string): (secret: Stored<Secret>) => boolean {
  return ({ type, metadata }) => type === recordType && metadata.labels?.name === release;
}

function settingsOfRecord({ type, metadata }: Stored<Secret>): ObjectKey[] {
  const name = metadata.labels?.name;
  return type !== recordType || name === undefined ? [] : [{ namespace: metadata.namespace, name: name + suffix }];
}

function settingsOfClaim(claim: Stored<PersistentVolumeClaim>): ObjectKey[] {
  const release = releaseOf(claim);
  return release === undefined ? [] : [{ namespace: claim.metadata.namespace, name: release + suffix }];
}

/** The release in its namespace that a claim belongs to: by Helm's annotation, or as StatefulSets' claims are labelled. */
function releaseOf({ metadata }: Stored<PersistentVolumeClaim>): string | undefined {
  return metadata.annotations?.['meta.helm.sh/release-name'] ?? metadata.labels?.['app.kubernetes.io/instance'];
}
