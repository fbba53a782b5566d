import { type FieldError, forbiddenField, invalidField, requiredField, unsupportedField } from '@croft/api/field-error';
import { dns1123SubdomainErrors } from '@croft/api/names';
import type { PersistentVolume } from '@croft/api/types';
import { jsonEqual } from '@croft/foundation/json';
import { checkImmutable, checkOneOf, invalidFor } from '../check.ts';
import { ageOf, defineTable, nameOf } from '../columns.ts';
import type { KindParts, Writable } from '../define.ts';
import { checkQuantityOf, checkResourceName } from '../pod/validate-resources.ts';
import { checkNodeTerms } from '../pod/validate-scheduling.ts';
import { checkHostPath, checkNfs } from '../pod/validate-volume.ts';
import { formatAccessModes, storageOf } from './volume-cells.ts';

type Volume = Writable<PersistentVolume>;
type Spec = NonNullable<Volume['spec']> & { volumeAttributesClassName?: string };

const protection = 'kubernetes.io/pv-protection';

export const persistentVolumeRules: KindParts<Volume> = {
  returnsDeleted: true,
  default({ spec }) {
    if (spec === undefined) return;
    spec.persistentVolumeReclaimPolicy ??= 'Retain';
    spec.volumeMode ??= 'Filesystem';
    if (spec.hostPath !== undefined) spec.hostPath.type ??= '';
    if (spec.iscsi !== undefined) spec.iscsi.iscsiInterface ??= 'default';
  },
  prepareForCreate(volume) {
    const made = volume.metadata?.creationTimestamp;
    volume.status = { phase: 'Pending', ...(made === undefined ? {} : { lastPhaseTransitionTime: made }) };
  },
  admit(volume, old) {
    const finalizers = volume.metadata?.finalizers ?? [];
    if (old !== undefined || finalizers.includes(protection)) return;
    volume.metadata = { ...volume.metadata, finalizers: [...finalizers, protection] };
  },
  validate: ({ spec }) => checkVolume('spec', (spec ?? {}) as Spec),
  validateUpdate: (volume, old) => [
    ...checkVolume('spec', (volume.spec ?? {}) as Spec),
    ...(jsonEqual(sourcesOf(volume.spec as Spec), sourcesOf(old.spec as Spec))
      ? []
      : [forbiddenField('spec.persistentvolumesource', 'spec.persistentvolumesource is immutable after creation')]),
    ...checkImmutable('volumeMode', volume.spec?.volumeMode, old.spec?.volumeMode),
  ],
  selectableFields: () => ({}),
  table: defineTable<Volume>(
    'Name*,Capacity,Access Modes,Reclaim Policy,Status,Claim,StorageClass,VolumeAttributesClass,Reason,Age,+VolumeMode',
    (volume, nowMs) => {
      const spec = (volume.spec ?? {}) as Spec;
      const claim = spec.claimRef;
      return [
        nameOf(volume),
        storageOf(spec.capacity) ?? '0',
        formatAccessModes(spec.accessModes),
        spec.persistentVolumeReclaimPolicy ?? '',
        volume.metadata?.deletionTimestamp === undefined ? (volume.status?.phase ?? '') : 'Terminating',
        claim === undefined ? '' : `${claim.namespace ?? ''}/${claim.name ?? ''}`,
        spec.storageClassName ?? '',
        spec.volumeAttributesClassName ?? '<unset>',
        volume.status?.reason ?? '',
        ageOf(volume, nowMs),
        spec.volumeMode ?? '<unset>',
      ];
    },
  ),
};

const plainFields = new Set([
  'capacity',
  'accessModes',
  'claimRef',
  'persistentVolumeReclaimPolicy',
  'storageClassName',
  'mountOptions',
  'volumeMode',
  'nodeAffinity',
  'volumeAttributesClassName',
]);

/** The fields that say where the data is. */
function sourcesOf(spec: Spec | undefined): Record<string, unknown> {
  return Object.fromEntries(Object.entries(spec ?? {}).filter(([field]) => !plainFields.has(field)));
}

const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];

function checkVolume(path: string, spec: Spec): FieldError[] {
  const modes = spec.accessModes ?? [];
  const errors: FieldError[] = modes.length === 0 ? [requiredField(`${path}.accessModes`)] : [];
  for (const mode of modes) errors.push(...checkOneOf(`${path}.accessModes`, mode, accessModes));
  if (modes.length > 1 && modes.includes('ReadWriteOncePod')) {
    errors.push(forbiddenField(`${path}.accessModes`, 'may not use ReadWriteOncePod with other access modes'));
  }
  errors.push(...checkCapacity(`${path}.capacity`, spec.capacity as Record<string, string> | undefined));
  const policy = spec.persistentVolumeReclaimPolicy ?? '';
  if (policy !== '') {
    errors.push(...checkOneOf(`${path}.persistentVolumeReclaimPolicy`, policy, ['Delete', 'Recycle', 'Retain']));
  }
  const required = spec.nodeAffinity?.required;
  if (required !== undefined) {
    errors.push(...checkNodeTerms(`${path}.nodeAffinity.required`, required.nodeSelectorTerms));
  }
  errors.push(...checkSource(path, spec));
  const name = spec.storageClassName ?? '';
  if (name !== '') errors.push(...invalidFor(`${path}.storageClassName`, name, dns1123SubdomainErrors(name)));
  const mode = spec.volumeMode;
  if (mode !== undefined) errors.push(...checkOneOf(`${path}.volumeMode`, mode, ['Block', 'Filesystem']));
  return errors;
}

function checkCapacity(path: string, capacity: Record<string, string> | undefined): FieldError[] {
  const errors: FieldError[] = capacity === undefined ? [requiredField(path)] : [];
  if (capacity?.storage === undefined || Object.keys(capacity).length > 1) {
    errors.push(unsupportedField(path, capacity ?? null, ['storage']));
  }
  for (const [name, amount] of Object.entries(capacity ?? {})) {
    const at = `${path}[${name}]`;
    errors.push(...checkResourceName(at, name), ...checkQuantityOf(at, name, amount));
    if (amount === '0' || amount.startsWith('-')) errors.push(invalidField(at, amount, 'must be greater than zero'));
  }
  return errors;
}

function checkSource(path: string, spec: Spec): FieldError[] {
  const [first, ...others] = Object.keys(sourcesOf(spec));
  if (first === undefined) return [requiredField(path, 'must specify a volume type')];
  const errors: FieldError[] = [];
  if (spec.hostPath !== undefined) {
    errors.push(...checkHostPath(`${path}.hostPath`, spec.hostPath));
    if (spec.hostPath.path === '/' && spec.persistentVolumeReclaimPolicy === 'Recycle') {
      const rule = "may not be 'recycle' for a hostPath mount of '/'";
      errors.push(forbiddenField(`${path}.persistentVolumeReclaimPolicy`, rule));
    }
  }
  if (spec.nfs !== undefined) errors.push(...checkNfs(`${path}.nfs`, spec.nfs));
  if (spec.local !== undefined && spec.nodeAffinity?.required === undefined) {
    errors.push(requiredField(`${path}.nodeAffinity`, 'Local volume requires node affinity'));
  }
  if (spec.csi !== undefined && !spec.csi.driver) errors.push(requiredField(`${path}.csi.driver`));
  if (spec.csi !== undefined && !spec.csi.volumeHandle) errors.push(requiredField(`${path}.csi.volumeHandle`));
  return [
    ...errors,
    ...others.map((name) => forbiddenField(`${path}.${name}`, 'may not specify more than 1 volume type')),
  ];
}
