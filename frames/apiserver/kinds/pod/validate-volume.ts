import { duplicateField, type FieldError, forbiddenField, invalidField, requiredField } from '@croft/api/field-error';
import { dns1123LabelErrors, dns1123SubdomainErrors } from '@croft/api/names';
import { parseQuantity } from '@croft/api/quantity';
import type { Volume } from '@croft/api/types';
import { checkOneOf, invalidFor } from '../check.ts';
import { checkClaimTemplate } from './validate-claim-template.ts';
import { checkLocalPath, checkNoBacksteps } from './validate-path.ts';
import { checkDownward, checkItems, checkMode, checkProjected } from './validate-projected.ts';
import { checkCsi, checkNetworkSource, type NetworkSource } from './validate-volume-source.ts';

/** `podName` is that of a pod itself: the claims of its own volumes carry it. */
export function checkVolumes(path: string, volumes: readonly Volume[] = [], podName = ''): FieldError[] {
  const names = new Set<string>();
  const owned = new Set(
    volumes.filter((volume) => podName !== '' && volume.ephemeral).map(({ name }) => `${podName}-${name}`),
  );
  return volumes.flatMap((volume, index) => {
    const at = `${path}[${index}]`;
    const errors = [...checkVolumeSource(at, volume), ...checkClaimName(at, volume, podName)];
    const name = volume.name ?? '';
    if (name === '') errors.push(requiredField(`${at}.name`));
    else {
      const faults = invalidFor(`${at}.name`, name, dns1123LabelErrors(name));
      errors.push(...faults);
      if (names.has(name)) errors.push(duplicateField(`${at}.name`, name));
    }
    if (errors.length === 0) names.add(name);
    const claim = volume.persistentVolumeClaim?.claimName ?? '';
    if (owned.has(claim)) {
      const rule = 'must not reference a PVC that gets created for an ephemeral volume';
      errors.push(invalidField(`${at}.persistentVolumeClaim.claimName`, claim, rule));
    }
    return errors;
  });
}

/** The claim of a volume of the pod's own is named after both. */
function checkClaimName(path: string, { name = '', ephemeral }: Volume, podName: string): FieldError[] {
  if (ephemeral === undefined || podName === '' || name === '') return [];
  const claim = `${podName}-${name}`;
  return dns1123SubdomainErrors(claim).map((why) =>
    invalidField(`${path}.name`, name, `PVC name ${JSON.stringify(claim)}: ${why}`),
  );
}

/** The volumes without a fault: only these can be mounted. */
export function soundVolumes(volumes: readonly Volume[] = []): Volume[] {
  return volumes.filter((volume) => checkVolumes('', [volume]).length === 0);
}

type Check = (path: string, volume: Volume) => FieldError[];

const network: Check = (path, volume) => {
  const name = path.slice(path.lastIndexOf('.') + 1);
  return checkNetworkSource(path, name, (volume as unknown as Record<string, NetworkSource>)[name] ?? {});
};

/** How each kind of storage is checked, in the order in which the second one given is refused. */
const sourceChecks: readonly [keyof Volume, Check][] = [
  ['emptyDir', (path, { emptyDir }) => checkSizeLimit(path, emptyDir?.sizeLimit)],
  ['hostPath', (path, { hostPath }) => (hostPath === undefined ? [] : checkHostPath(path, hostPath))],
  ['gitRepo', checkGitRepo],
  ['gcePersistentDisk', network],
  ['awsElasticBlockStore', network],
  ['secret', checkSecretVolume],
  ['nfs', (path, { nfs }) => (nfs === undefined ? [] : checkNfs(path, nfs))],
  ['iscsi', network],
  ['glusterfs', network],
  ['flocker', network],
  [
    'persistentVolumeClaim',
    (path, { persistentVolumeClaim: claim }) => required(`${path}.claimName`, claim?.claimName),
  ],
  ['rbd', network],
  ['cinder', network],
  ['cephfs', network],
  ['quobyte', network],
  ['downwardAPI', (path, { downwardAPI }) => checkDownward(path, downwardAPI?.items, downwardAPI?.defaultMode)],
  ['fc', network],
  ['flexVolume', network],
  ['configMap', checkConfigMapVolume],
  ['azureFile', network],
  ['vsphereVolume', network],
  ['photonPersistentDisk', network],
  ['portworxVolume', network],
  ['azureDisk', network],
  ['storageos', network],
  ['projected', (path, { projected }) => (projected === undefined ? [] : checkProjected(path, projected))],
  ['scaleIO', network],
  ['csi', (path, { csi }) => (csi === undefined ? [] : checkCsi(path, csi))],
  ['ephemeral', checkEphemeral],
  ['image' as keyof Volume, checkImageVolume],
];

/** Kubernetes spells two of the fields otherwise when it refuses them. */
const secondNames: Readonly<Record<string, string>> = { cephfs: 'cephFS', downwardAPI: 'downwarAPI' };

function checkVolumeSource(path: string, volume: Volume): FieldError[] {
  const given = sourceChecks.filter(([name]) => volume[name] !== undefined);
  if (given.length === 0) return [requiredField(path, 'must specify a volume type')];
  return given.flatMap(([name, check], index) => {
    if (index === 0) return check(`${path}.${name}`, volume);
    return [forbiddenField(`${path}.${secondNames[name] ?? name}`, 'may not specify more than 1 volume type')];
  });
}

function checkGitRepo(path: string, { gitRepo }: Volume): FieldError[] {
  return [
    ...required(`${path}.repository`, gitRepo?.repository),
    ...checkLocalPath(`${path}.directory`, gitRepo?.directory ?? ''),
  ];
}

function checkEphemeral(path: string, { ephemeral }: Volume): FieldError[] {
  const template = ephemeral?.volumeClaimTemplate;
  const at = `${path}.volumeClaimTemplate`;
  return template === undefined ? [requiredField(at)] : checkClaimTemplate(at, template);
}

function checkImageVolume(path: string, volume: Volume): FieldError[] {
  const { reference, pullPolicy = '' } =
    (volume as { image?: { reference?: string; pullPolicy?: string } }).image ?? {};
  return [
    ...required(`${path}.reference`, reference),
    ...(pullPolicy === '' ? [] : checkOneOf(`${path}.pullPolicy`, pullPolicy, ['Always', 'IfNotPresent', 'Never'])),
  ];
}

function required(path: string, value: unknown): FieldError[] {
  return value === undefined || value === '' ? [requiredField(path)] : [];
}

function checkSizeLimit(path: string, sizeLimit: string | undefined): FieldError[] {
  if (sizeLimit === undefined || parseQuantity(sizeLimit).nano >= 0n) return [];
  return [forbiddenField(`${path}.sizeLimit`, 'SizeLimit field must be a valid resource quantity')];
}

const hostPathTypes = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
];

export function checkHostPath(path: string, hostPath: { path: string; type?: string }): FieldError[] {
  if ((hostPath.path ?? '') === '') return [requiredField(`${path}.path`)];
  return [
    ...checkNoBacksteps(`${path}.path`, hostPath.path),
    ...checkOneOf(`${path}.type`, hostPath.type ?? '', hostPathTypes),
  ];
}

export function checkNfs(path: string, { server, path: folder }: { server: string; path: string }): FieldError[] {
  const errors = [...required(`${path}.server`, server), ...required(`${path}.path`, folder)];
  if (!(folder ?? '').startsWith('/'))
    errors.push(invalidField(`${path}.path`, folder ?? '', 'must be an absolute path'));
  return errors;
}

function checkSecretVolume(path: string, { secret }: Volume): FieldError[] {
  return [
    ...required(`${path}.secretName`, secret?.secretName),
    ...checkMode(`${path}.defaultMode`, secret?.defaultMode),
    ...checkItems(path, secret?.items),
  ];
}

function checkConfigMapVolume(path: string, { configMap }: Volume): FieldError[] {
  return [
    ...required(`${path}.name`, configMap?.name),
    ...checkMode(`${path}.defaultMode`, configMap?.defaultMode),
    ...checkItems(path, configMap?.items),
  ];
}
