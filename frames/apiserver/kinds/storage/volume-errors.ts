import { type FieldError, forbiddenField, invalidField, requiredField, unsupportedField } from '@croft/api/field-error';
import { parseQuantity } from '@croft/api/quantity';
import type { PersistentVolume } from '@croft/api/types';
import { jsonEqual } from '@croft/foundation/json';
import { checkImmutable, checkLabelName, checkOneOf, checkSubdomain } from '../check.ts';
import { volumeSourceForm } from '../internal-form.ts';
import { diffValues } from '../line-diff.ts';
import { checkNodeTerms } from '../pod/validate-scheduling.ts';
import { checkHostPath, checkNfs } from '../pod/validate-volume.ts';
import { checkDriverName, checkNetworkSource, type NetworkSource } from '../pod/validate-volume-source.ts';
import { checkAccessModes, checkClassName } from './claim-errors.ts';

// pkg/apis/core/validation ValidatePersistentVolumeSpec

export type VolumeSpec = NonNullable<PersistentVolume['spec']> & { volumeAttributesClassName?: string };

/** Where the data may be, in Kubernetes' order. */
const sourceNames = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'glusterfs',
  'flocker',
  'nfs',
  'rbd',
  'quobyte',
  'cephfs',
  'iscsi',
  'cinder',
  'fc',
  'flexVolume',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'scaleIO',
  'local',
  'storageos',
  'csi',
] as const;

export function checkVolumeSpec(path: string, spec: VolumeSpec): FieldError[] {
  const modes = spec.accessModes ?? [];
  const policy = spec.persistentVolumeReclaimPolicy ?? '';
  const mode = spec.volumeMode;
  const atPolicy = `${path}.persistentVolumeReclaimPolicy`;
  return [
    ...(modes.length === 0 ? [requiredField(`${path}.accessModes`)] : []),
    ...checkAccessModes(`${path}.accessModes`, modes),
    ...checkCapacity(`${path}.capacity`, spec.capacity as Record<string, string> | undefined),
    ...(policy === '' ? [] : checkOneOf(atPolicy, policy, ['Delete', 'Recycle', 'Retain'])),
    ...checkAffinity(`${path}.nodeAffinity`, spec),
    ...checkSources(path, spec),
    ...(isRoot(spec.hostPath?.path) && policy === 'Recycle'
      ? [forbiddenField(atPolicy, "may not be 'recycle' for a hostPath mount of '/'")]
      : []),
    ...checkClassName(`${path}.storageClassName`, spec.storageClassName),
    ...(mode === undefined ? [] : checkOneOf(`${path}.volumeMode`, mode, ['Block', 'Filesystem'])),
    ...checkAttributesClass(path, spec),
  ];
}

const isRoot = (folder: string | undefined) => folder !== undefined && /^\/[/.]*$/.test(folder);

function checkCapacity(path: string, capacity: Record<string, string> | undefined): FieldError[] {
  const errors: FieldError[] = capacity === undefined ? [requiredField(path)] : [];
  if (capacity?.storage === undefined || Object.keys(capacity).length > 1) {
    errors.push(unsupportedField(path, capacity ?? null, ['storage']));
  }
  for (const [name, amount] of Object.entries(capacity ?? {})) {
    const at = `${path}[${name}]`;
    const { nano } = parseQuantity(amount);
    const whole = -(-nano / 1_000_000_000n);
    if (whole < 0n) errors.push(invalidField(at, Number(whole), 'must be a valid resource quantity'));
    if (nano <= 0n) errors.push(invalidField(at, amount, 'must be greater than zero'));
  }
  return errors;
}

function checkAffinity(path: string, { nodeAffinity }: VolumeSpec): FieldError[] {
  if (nodeAffinity === undefined) return [];
  const { required } = nodeAffinity;
  if (required === undefined) return [requiredField(`${path}.required`, 'must specify required node constraints')];
  return checkNodeTerms(`${path}.required`, required.nodeSelectorTerms);
}

function checkSources(path: string, spec: VolumeSpec): FieldError[] {
  const given = sourceNames.filter((name) => spec[name] !== undefined);
  if (given.length === 0) return [requiredField(path, 'must specify a volume type')];
  return given.flatMap((name, index) => {
    if (index === 0) return checkSource(path, name, spec);
    const field = name === 'cephfs' ? 'cephFS' : name;
    return [forbiddenField(`${path}.${field}`, 'may not specify more than 1 volume type')];
  });
}

function checkSource(path: string, name: (typeof sourceNames)[number], spec: VolumeSpec): FieldError[] {
  const at = `${path}.${name}`;
  const { hostPath, nfs, local, csi } = spec;
  if (name === 'hostPath') return hostPath === undefined ? [] : checkHostPath(at, hostPath);
  if (name === 'nfs') return nfs === undefined ? [] : checkNfs(at, nfs);
  if (name === 'csi') return csi === undefined ? [] : checkCsi(at, csi);
  if (name !== 'local') return checkNetworkSource(at, name, spec[name] as unknown as NetworkSource);
  return [
    ...checkHostPath(at, { path: local?.path ?? '' }),
    ...(spec.nodeAffinity === undefined
      ? [requiredField(`${path}.nodeAffinity`, 'Local volume requires node affinity')]
      : []),
  ];
}

const secretFields = [
  'controllerPublishSecretRef',
  'controllerExpandSecretRef',
  'nodePublishSecretRef',
  'nodeExpandSecretRef',
] as const;

function checkCsi(path: string, csi: NonNullable<VolumeSpec['csi']>): FieldError[] {
  return [
    ...checkDriverName(`${path}.driver`, csi.driver),
    ...(csi.volumeHandle ? [] : [requiredField(`${path}.volumeHandle`)]),
    ...secretFields.flatMap((field) => {
      const { name = '', namespace = '' } = csi[field] ?? {};
      const at = `${path}.${field}`;
      if (csi[field] === undefined) return [];
      return [
        ...(name === '' ? [requiredField(`${at}.name`)] : checkSubdomain(`${at}.name`, name)),
        ...(namespace === '' ? [requiredField(`${at}.namespace`)] : checkLabelName(`${at}.namespace`, namespace)),
      ];
    }),
  ];
}

function checkAttributesClass(path: string, { volumeAttributesClassName: name, csi }: VolumeSpec): FieldError[] {
  const at = `${path}.volumeAttributesClassName`;
  if (name === undefined) return [];
  return [
    ...(name === '' ? [requiredField(at, 'an empty string is disallowed')] : checkClassName(at, name)),
    ...(csi === undefined
      ? [requiredField(`${path}.csi`, 'has to be specified when using volumeAttributesClassName')]
      : []),
  ];
}

/** The data of a volume stays where it is; a driver may be told later which Secret it grows the volume with. */
export function checkVolumeChange(spec: VolumeSpec, old: VolumeSpec): FieldError[] {
  const [now, before] = [sourcesOf(spec), sourcesOf(old)];
  if (old.csi !== undefined && old.csi.controllerExpandSecretRef === undefined && spec.csi !== undefined) {
    const { controllerExpandSecretRef: _, ...csi } = spec.csi;
    now.csi = csi;
  }
  const rule = 'spec.persistentvolumesource is immutable after creation';
  const field = 'spec.persistentvolumesource';
  const kept = jsonEqual(now, before);
  const { volumeAttributesClassName: name } = spec;
  const gone = 'update from non-nil value to nil is forbidden';
  return [
    ...(kept ? [] : [forbiddenField(field, `${rule}\n${diffValues(volumeSourceForm(before), volumeSourceForm(now))}`)]),
    ...checkImmutable('volumeMode', spec.volumeMode, old.volumeMode),
    ...(old.volumeAttributesClassName !== undefined && name === undefined
      ? [forbiddenField('spec.volumeAttributesClassName', gone)]
      : []),
  ];
}

function sourcesOf(spec: VolumeSpec): Record<string, unknown> {
  return Object.fromEntries(sourceNames.flatMap((name) => (spec[name] === undefined ? [] : [[name, spec[name]]])));
}
