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
    triggers: [
      onChangeOf(secrets, (secret) => settingsOf(recordedRelease(secret), secret.metadata.namespace)),
      onChangeOf(persistentVolumeClaims, (claim) => settingsOf(releaseOf(claim), claim.metadata.namespace)),
    ],
    reconcile: async (secret) => {
      if (secret === undefined || !isToLoseVolumes(secret)) return undefined;
      const { namespace } = secret.metadata;
      const release = secret.metadata.name.slice(0, -suffix.length);
      const isOf = (name: string | undefined) => name === release || name === `${namespace}-${release}`;
      if (
        informers
          .of(secrets)
          .list(namespace)
          .some((record) => isOf(recordedRelease(record)))
      )
        return undefined; // its end brings us back
      const claims = informers.of(persistentVolumeClaims).list(namespace);
      const doomed = claims.filter((claim) => isOf(releaseOf(claim)) && !claim.metadata.deletionTimestamp);
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

/** The name of the release that a Secret records. */
function recordedRelease({ type, metadata }: Stored<Secret>): string | undefined {
  return type === recordType ? metadata.labels?.name : undefined;
}

/** The settings of an application are under the name of its release, which the older kind puts its namespace before. */
function settingsOf(release: string | undefined, namespace = ''): ObjectKey[] {
  if (release === undefined) return [];
  const short = release.startsWith(`${namespace}-`) ? [release.slice(namespace.length + 1)] : [];
  return [release, ...short].map((name) => ({ namespace, name: name + suffix }));
}

/** The release in its namespace that a claim belongs to: by Helm's annotation, or as StatefulSets' claims are labelled. */
function releaseOf({ metadata }: Stored<PersistentVolumeClaim>): string | undefined {
  return metadata.annotations?.['meta.helm.sh/release-name'] ?? metadata.labels?.['app.kubernetes.io/instance'];
}
