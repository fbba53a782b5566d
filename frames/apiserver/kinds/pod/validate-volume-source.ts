import { type FieldError, fieldTooLong, invalidField, requiredField, unsupportedField } from '@croft/api/field-error';
import { dns1123LabelErrors, dns1123SubdomainErrors, rangeError } from '@croft/api/names';
import { checkOneOf, invalidFor } from '../check.ts';

export type NetworkSource = Readonly<Record<string, unknown>>;

/** What each source of a disk or network folder cannot do without. */
const needed: Readonly<Record<string, readonly string[]>> = {
  gcePersistentDisk: ['pdName'],
  awsElasticBlockStore: ['volumeID'],
  iscsi: ['targetPortal'],
  glusterfs: ['endpoints', 'path'],
  rbd: ['monitors', 'image'],
  cinder: ['volumeID'],
  cephfs: ['monitors'],
  flexVolume: ['driver'],
  azureFile: ['secretName', 'shareName'],
  azureDisk: ['diskName', 'diskURI'],
  vsphereVolume: ['volumePath'],
  photonPersistentDisk: ['pdID'],
  portworxVolume: ['volumeID'],
  scaleIO: ['gateway', 'system', 'volumeName'],
};

const more: Readonly<Record<string, (path: string, source: NetworkSource) => FieldError[]>> = {
  gcePersistentDisk: checkPartition,
  awsElasticBlockStore: checkPartition,
  iscsi: checkIscsi,
  fc: checkFibre,
  flocker: checkFlocker,
  quobyte: checkQuobyte,
  flexVolume: checkOptions,
  azureDisk: checkAzureDisk,
  storageos: checkStorageOs,
};

/** The sources that pods and PersistentVolumes share (pkg/apis/core/validation validateVolumeSource). */
export function checkNetworkSource(path: string, name: string, source: NetworkSource): FieldError[] {
  const at = name === 'gcePersistentDisk' ? path.replace(/gcePersistentDisk$/, 'persistentDisk') : path;
  const missing = (needed[name] ?? []).filter((field) => isEmpty(source[field]));
  return [...missing.map((field) => requiredField(`${at}.${field}`)), ...(more[name]?.(at, source) ?? [])];
}

const isEmpty = (value: unknown) => value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
const textOf = (value: unknown) => (typeof value === 'string' ? value : '');
const numberOf = (value: unknown) => (typeof value === 'number' ? value : 0);

function checkPartition(path: string, { partition }: NetworkSource): FieldError[] {
  const number = numberOf(partition);
  return number >= 0 && number <= 255 ? [] : [invalidField(`${path}.partition`, number, rangeError(1, 255))];
}

const initiators: Readonly<Record<string, RegExp>> = {
  iqn: /iqn\.\d{4}-\d{2}\.[A-Za-z0-9.-]+:[^,;*&$|\s]+$/,
  eui: /^eui.[A-Za-z0-9]{16}$/,
  naa: /^naa.[A-Za-z0-9]{32}$/,
};

function checkIscsi(path: string, source: NetworkSource): FieldError[] {
  const errors: FieldError[] = [];
  const iqn = textOf(source.iqn);
  const pattern = initiators[iqn.slice(0, 3)];
  if (iqn === '') errors.push(requiredField(`${path}.iqn`));
  else if (pattern === undefined) {
    errors.push(invalidField(`${path}.iqn`, iqn, 'must be valid format starting with iqn, eui, or naa'));
  } else if (!pattern.test(iqn)) errors.push(invalidField(`${path}.iqn`, iqn, 'must be valid format'));
  const lun = numberOf(source.lun);
  if (lun < 0 || lun > 255) errors.push(invalidField(`${path}.lun`, lun, rangeError(0, 255)));
  const asks = source.chapAuthDiscovery === true || source.chapAuthSession === true;
  return asks && source.secretRef === undefined ? [...errors, requiredField(`${path}.secretRef`)] : errors;
}

function checkFibre(path: string, { targetWWNs, wwids, lun }: NetworkSource): FieldError[] {
  const at = `${path}.targetWWNs`;
  const [hasNames, hasIds] = [!isEmpty(targetWWNs), !isEmpty(wwids)];
  if (!hasNames) {
    return hasIds ? [] : [requiredField(at, 'must specify either targetWWNs or wwids, but not both')];
  }
  const both = 'targetWWNs and wwids can not be specified simultaneously';
  const errors = hasIds ? [invalidField(at, targetWWNs, both)] : [];
  if (lun === undefined) return [...errors, requiredField(`${path}.lun`, 'lun is required if targetWWNs is specified')];
  const number = numberOf(lun);
  return number >= 0 && number <= 255 ? errors : [...errors, invalidField(`${path}.lun`, number, rangeError(0, 255))];
}

function checkFlocker(path: string, source: NetworkSource): FieldError[] {
  const [name, id] = [textOf(source.datasetName), textOf(source.datasetUUID)];
  const errors: FieldError[] = [];
  if (name === '' && id === '') errors.push(requiredField(path, 'one of datasetName and datasetUUID is required'));
  if (name !== '' && id !== '') {
    errors.push(invalidField(path, 'resource', 'datasetName and datasetUUID can not be specified simultaneously'));
  }
  return name.includes('/') ? [...errors, invalidField(`${path}.datasetName`, name, "must not contain '/'")] : errors;
}

function checkQuobyte(path: string, { registry, volume }: NetworkSource): FieldError[] {
  const rule = 'must be a host:port pair or multiple pairs separated by commas';
  return [
    ...(isEmpty(registry) ? [requiredField(`${path}.registry`, rule)] : []),
    ...(isEmpty(volume) ? [requiredField(`${path}.volume`)] : []),
  ];
}

function checkOptions(path: string, { options = {} }: NetworkSource): FieldError[] {
  const rule = 'kubernetes.io and k8s.io namespaces are reserved';
  return Object.keys(options as object)
    .filter((key) => /\.(kubernetes|k8s)\.io$/.test(`.${(key.split('/')[0] ?? '').toLowerCase()}`))
    .map((key) => invalidField(`${path}.options[${key}]`, key, rule));
}

const managedDisk = '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}';
const blobDisk = 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd';

function checkAzureDisk(path: string, source: NetworkSource): FieldError[] {
  const [caching, kind, uri] = [textOf(source.cachingMode), textOf(source.kind), textOf(source.diskURI)];
  const errors: FieldError[] = [];
  if (caching !== '') errors.push(...checkOneOf(`${path}.cachingMode`, caching, ['None', 'ReadOnly', 'ReadWrite']));
  if (kind === '') return errors;
  errors.push(...checkOneOf(`${path}.kind`, kind, ['Dedicated', 'Managed', 'Shared']));
  const [start, form] = kind === 'Managed' ? ['/subscriptions/', managedDisk] : ['https://', blobDisk];
  return uri.startsWith(start) ? errors : [...errors, unsupportedField(`${path}.diskURI`, uri, [form])];
}

function checkStorageOs(path: string, source: NetworkSource): FieldError[] {
  const [name, namespace] = [textOf(source.volumeName), textOf(source.volumeNamespace)];
  const at = `${path}.volumeName`;
  return [
    ...(name === '' ? [requiredField(at)] : invalidFor(at, name, dns1123LabelErrors(name))),
    ...(namespace === '' ? [] : invalidFor(`${path}.volumeNamespace`, namespace, dns1123LabelErrors(namespace))),
  ];
}

export function checkDriverName(path: string, driver: string | undefined): FieldError[] {
  if (!driver) return [requiredField(path)];
  return [
    ...(driver.length > 63 ? [fieldTooLong(path, 63)] : []),
    ...invalidFor(path, driver, dns1123SubdomainErrors(driver.toLowerCase())),
  ];
}

export function checkCsi(
  path: string,
  { driver, nodePublishSecretRef: secret }: { driver?: string; nodePublishSecretRef?: { name?: string } },
): FieldError[] {
  const errors = checkDriverName(`${path}.driver`, driver);
  if (secret === undefined) return errors;
  const name = secret.name ?? '';
  if (name === '') return [...errors, requiredField(`${path}.nodePublishSecretRef.name`)];
  return [...errors, ...invalidFor(`${path}.name`, name, dns1123SubdomainErrors(name))];
}
