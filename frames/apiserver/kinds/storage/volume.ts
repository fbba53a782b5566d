import type { PersistentVolume } from '@croft/api/types';
import { ageOf, defineTable, nameOf } from '../columns.ts';
import type { KindParts, Writable } from '../define.ts';
import { nodeTermWarnings } from '../pod/warnings.ts';
import { formatAccessModes, storageOf } from './volume-cells.ts';
import { checkVolumeChange, checkVolumeSpec, type VolumeSpec as Spec } from './volume-errors.ts';

type Volume = Writable<PersistentVolume>;

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
  validate: ({ spec }) => checkVolumeSpec('spec', spec ?? {}),
  validateUpdate: ({ spec }, old) => [
    ...checkVolumeSpec('spec', spec ?? {}),
    ...checkVolumeChange(spec ?? {}, old.spec ?? {}),
  ],
  warnings: volumeWarnings,
  selectableFields: () => ({}),
  table: defineTable<Volume>(
    'Name*,Capacity,Access Modes,Reclaim Policy,Status,Claim,StorageClass,VolumeAttributesClass,Reason,Age,+VolumeMode',
    (volume, nowMs) => {
      const spec: Spec = volume.spec ?? {};
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

const betaClass = 'volume.beta.kubernetes.io/storage-class';

const removedSources = [
  ['photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['storageos', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['rbd', 'deprecated in v1.28, non-functional in v1.31+'],
] as const;

/** What no longer works, or is better said otherwise (pkg/api/persistentvolume/util.go). */
function volumeWarnings({ metadata, spec = {} }: Volume): string[] {
  const removed = removedSources.filter(([name]) => spec[name] !== undefined);
  const terms = spec.nodeAffinity?.required?.nodeSelectorTerms ?? [];
  const recycles = spec.persistentVolumeReclaimPolicy === 'Recycle';
  return [
    ...(metadata?.annotations?.[betaClass] === undefined
      ? []
      : [`metadata.annotations[${betaClass}]: deprecated since v1.8; use "storageClassName" attribute instead`]),
    ...(recycles
      ? [
          'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.',
        ]
      : []),
    ...terms.flatMap((term, index) =>
      nodeTermWarnings(`spec.nodeAffinity.required.nodeSelectorTerms[${index}]`, term, false),
    ),
    ...removed.map(([name, since]) => `spec.${name === 'storageos' ? 'storageOS' : name}: ${since}`),
  ];
}
