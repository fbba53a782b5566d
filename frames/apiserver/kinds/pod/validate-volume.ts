import { duplicateField, type FieldError, forbiddenField, invalidField, requiredField } from '@croft/api/field-error';
import { dns1123LabelErrors, dns1123SubdomainErrors } from '@croft/api/names';
import { parseQuantity } from '@croft/api/quantity';
import type { Volume } from '@croft/api/types';
import { checkOneOf, invalidFor } from '../check.ts';
import { checkFieldRef, checkResourceFieldRef, volumeFieldPaths } from './validate-env.ts';
import { checkLocalFile, checkNoBacksteps } from './validate-path.ts';

type Items = NonNullable<NonNullable<Volume['configMap']>['items']>;
type DownwardItems = NonNullable<NonNullable<Volume['downwardAPI']>['items']>;
type Projected = NonNullable<Volume['projected']>;

export function checkVolumes(path: string, volumes: readonly Volume[] = []): FieldError[] {
  const names = new Set<string>();
  return volumes.flatMap((volume, index) => {
    const at = `${path}[${index}]`;
    const errors = checkVolumeSource(at, volume);
    const name = volume.name ?? '';
    if (name === '') errors.push(requiredField(`${at}.name`));
    else {
      const faults = invalidFor(`${at}.name`, name, dns1123LabelErrors(name));
      errors.push(...faults);
      if (names.has(name)) errors.push(duplicateField(`${at}.name`, name));
    }
    if (errors.length === 0) names.add(name);
    return errors;
  });
}

/** The volumes without a fault: only these can be mounted. */
export function soundVolumes(volumes: readonly Volume[] = []): Volume[] {
  return volumes.filter((volume) => checkVolumes('', [volume]).length === 0);
}

/** How each kind of storage is checked, in the order in which the second one given is refused. */
const sourceChecks: readonly [keyof Volume, (path: string, volume: Volume) => FieldError[]][] = [
  ['emptyDir', (path, { emptyDir }) => checkSizeLimit(path, emptyDir?.sizeLimit)],
  ['hostPath', (path, { hostPath }) => (hostPath === undefined ? [] : checkHostPath(path, hostPath))],
  ['gitRepo', (path, { gitRepo }) => required(`${path}.repository`, gitRepo?.repository)],
  ['gcePersistentDisk', (path, { gcePersistentDisk: disk }) => required(`${path}.pdName`, disk?.pdName)],
  ['awsElasticBlockStore', (path, { awsElasticBlockStore: disk }) => required(`${path}.volumeID`, disk?.volumeID)],
  ['secret', checkSecretVolume],
  ['nfs', (path, { nfs }) => (nfs === undefined ? [] : checkNfs(path, nfs))],
  ['iscsi', (path, { iscsi }) => required(`${path}.targetPortal`, iscsi?.targetPortal)],
  ['glusterfs', (path, { glusterfs }) => required(`${path}.endpoints`, glusterfs?.endpoints)],
  ['flocker', () => []],
  [
    'persistentVolumeClaim',
    (path, { persistentVolumeClaim: claim }) => required(`${path}.claimName`, claim?.claimName),
  ],
  ['rbd', (path, { rbd }) => required(`${path}.image`, rbd?.image)],
  ['cinder', (path, { cinder }) => required(`${path}.volumeID`, cinder?.volumeID)],
  ['cephfs', () => []],
  ['quobyte', () => []],
  ['downwardAPI', (path, { downwardAPI }) => checkDownward(path, downwardAPI?.items, downwardAPI?.defaultMode)],
  ['fc', () => []],
  ['flexVolume', (path, { flexVolume }) => required(`${path}.driver`, flexVolume?.driver)],
  ['configMap', checkConfigMapVolume],
  ['azureFile', () => []],
  ['vsphereVolume', (path, { vsphereVolume }) => required(`${path}.volumePath`, vsphereVolume?.volumePath)],
  ['photonPersistentDisk', () => []],
  ['portworxVolume', () => []],
  ['azureDisk', () => []],
  ['storageos', () => []],
  ['projected', (path, { projected }) => (projected === undefined ? [] : checkProjected(path, projected))],
  ['scaleIO', () => []],
  ['csi', (path, { csi }) => required(`${path}.driver`, csi?.driver)],
  ['ephemeral', (path, { ephemeral }) => required(`${path}.volumeClaimTemplate`, ephemeral?.volumeClaimTemplate)],
  ['image' as keyof Volume, () => []],
];

function checkVolumeSource(path: string, volume: Volume): FieldError[] {
  const given = sourceChecks.filter(([name]) => volume[name] !== undefined);
  if (given.length === 0) return [requiredField(path, 'must specify a volume type')];
  return given.flatMap(([name, check], index) => {
    const at = `${path}.${name}`;
    return index === 0 ? check(at, volume) : [forbiddenField(at, 'may not specify more than 1 volume type')];
  });
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
  if (folder !== '' && !folder.startsWith('/'))
    errors.push(invalidField(`${path}.path`, folder, 'must be an absolute path'));
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

function checkMode(path: string, mode: number | undefined): FieldError[] {
  if (mode === undefined || (mode >= 0 && mode <= 0o777)) return [];
  return [invalidField(path, mode, 'must be a number between 0 and 0777 (octal), both inclusive')];
}

function checkItems(path: string, items: Items = []): FieldError[] {
  return items.flatMap((item, index) => {
    const at = `${path}.items[${index}]`;
    return [
      ...required(`${at}.key`, item.key),
      ...((item.path ?? '') === '' ? [requiredField(`${at}.path`)] : checkLocalFile(`${at}.path`, item.path)),
      ...checkMode(`${at}.mode`, item.mode),
    ];
  });
}

function checkDownward(path: string, items: DownwardItems = [], defaultMode?: number): FieldError[] {
  const errors = checkMode(`${path}.defaultMode`, defaultMode);
  for (const item of items) {
    if ((item.path ?? '') === '') errors.push(requiredField(`${path}.path`));
    else errors.push(...checkLocalFile(`${path}.path`, item.path));
    const { fieldRef, resourceFieldRef } = item;
    if (fieldRef !== undefined) {
      errors.push(...checkFieldRef(`${path}.fieldRef`, fieldRef, volumeFieldPaths));
      if (resourceFieldRef !== undefined) {
        const rule = 'fieldRef and resourceFieldRef can not be specified simultaneously';
        errors.push(invalidField(path, 'resource', rule));
      }
    } else if (resourceFieldRef !== undefined) {
      errors.push(...checkResourceFieldRef(`${path}.resourceFieldRef`, resourceFieldRef, true));
    } else errors.push(requiredField(path, 'fieldRef or resourceFieldRef is required'));
    errors.push(...checkMode(`${path}.mode`, item.mode));
  }
  return errors;
}

function checkProjected(path: string, { sources, defaultMode }: Projected): FieldError[] {
  const errors = checkMode(`${path}.defaultMode`, defaultMode);
  const paths = new Set<string>();
  (sources ?? []).forEach((source, index) => {
    const at = `${path}.sources[${index}]`;
    const { secret, configMap, downwardAPI, serviceAccountToken: token } = source;
    if (secret !== undefined) {
      errors.push(...checkProjectedName(`${at}.secret.name`, secret.name), ...checkItems(`${at}.secret`, secret.items));
    }
    if (configMap !== undefined) {
      const name = `${at}.configMap.name`;
      errors.push(...checkProjectedName(name, configMap.name), ...checkItems(`${at}.configMap`, configMap.items));
    }
    if (downwardAPI !== undefined) errors.push(...checkDownward(`${at}.downwardAPI`, downwardAPI.items));
    if (token !== undefined) errors.push(...checkTokenSource(`${at}.serviceAccountToken`, token));
    if (Object.keys(source).length > 1) {
      errors.push(forbiddenField(at, 'may not specify more than 1 volume type per source'));
    }
    for (const file of filesOf(source)) {
      if (paths.has(file)) errors.push(invalidField(path, file, 'conflicting duplicate paths'));
      paths.add(file);
    }
  });
  return errors;
}

function filesOf(source: NonNullable<Projected['sources']>[number]): string[] {
  const { secret, configMap, downwardAPI, serviceAccountToken } = source;
  const items = [...(secret?.items ?? []), ...(configMap?.items ?? []), ...(downwardAPI?.items ?? [])];
  return [...items.map((item) => item.path), ...(serviceAccountToken ? [serviceAccountToken.path] : [])];
}

function checkProjectedName(path: string, name = ''): FieldError[] {
  return name === '' ? [requiredField(path)] : invalidFor(path, name, dns1123SubdomainErrors(name));
}

function checkTokenSource(path: string, token: { expirationSeconds?: number; path: string }): FieldError[] {
  const errors: FieldError[] = [];
  const at = `${path}.expirationSeconds`;
  const seconds = token.expirationSeconds ?? 3600;
  if (seconds < 600) errors.push(invalidField(at, seconds, 'may not specify a duration less than 10 minutes'));
  if (seconds > 2 ** 32) errors.push(invalidField(at, seconds, 'may not specify a duration larger than 2^32 seconds'));
  if ((token.path ?? '') === '') errors.push(requiredField(`${path}.path`));
  else errors.push(...checkLocalFile(`${path}.path`, token.path));
  return errors;
}
