import { type FieldError, forbiddenField, invalidField } from '@croft/api/field-error';
import type { KubeObject, UnknownObject } from '@croft/api/object';
import { parseQuantity } from '@croft/api/quantity';
import type { PersistentVolumeClaim } from '@croft/api/types';
import { jsonEqual } from '@croft/foundation/json';
import { forbidden } from '../../failures.ts';
import type { Lookup } from '../../kind-rules.ts';
import { checkImmutable } from '../check.ts';
import { ageOf, defineTable, nameOf } from '../columns.ts';
import type { KindParts, Writable } from '../define.ts';
import { internalForm } from '../internal-form.ts';
import { admitClaimLimits } from '../limit-ranges.ts';
import { diffValues } from '../line-diff.ts';
import { claimWarnings } from '../pod/warnings.ts';
import { checkClaimSpec, type ClaimSpec as Spec } from './claim-errors.ts';
import { formatAccessModes, storageOf } from './volume-cells.ts';

type Claim = Writable<PersistentVolumeClaim>;

export function defaultClaim(claim: PersistentVolumeClaim): void {
  if (claim.spec !== undefined) claim.spec.volumeMode ??= 'Filesystem';
}

const protection = 'kubernetes.io/pvc-protection';

export const claimRules: KindParts<Claim> = {
  returnsDeleted: true,
  default: defaultClaim,
  prepareForCreate(claim) {
    claim.status = { phase: 'Pending' };
    fillDataSources(claim.spec);
  },
  prepareForUpdate(claim, old) {
    if (old.status !== undefined) claim.status = old.status;
    fillDataSources(claim.spec);
  },
  admit(claim, old, lookup) {
    if (old === undefined) {
      const finalizers = claim.metadata?.finalizers ?? [];
      if (!finalizers.includes(protection))
        claim.metadata = { ...claim.metadata, finalizers: [...finalizers, protection] };
      admitClaimLimits(claim, lookup);
      chooseClass(claim, lookup);
    } else admitResize(claim, old, lookup);
  },
  validate: ({ spec }) => checkClaimSpec('spec', spec as Spec),
  validateUpdate: (claim, old) => [...checkClaimSpec('spec', claim.spec as Spec), ...checkChange(claim, old)],
  warnings: ({ spec }) => [...claimWarnings('spec', spec)],
  table: defineTable<Claim>(
    'Name*,Status,Volume,Capacity,Access Modes,StorageClass,VolumeAttributesClass,Age,+VolumeMode',
    (claim, nowMs) => {
      const { spec, status } = claim;
      const bound = (spec?.volumeName ?? '') !== '';
      const phase = claim.metadata?.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating';
      return [
        nameOf(claim),
        phase,
        spec?.volumeName ?? '',
        bound ? (storageOf(status?.capacity) ?? '0') : '',
        bound ? formatAccessModes(status?.accessModes) : '',
        className(claim),
        (spec as Spec | undefined)?.volumeAttributesClassName ?? '<unset>',
        ageOf(claim, nowMs),
        spec?.volumeMode ?? '<unset>',
      ];
    },
  ),
};

const betaClass = 'volume.beta.kubernetes.io/storage-class';

function className(claim: PersistentVolumeClaim): string {
  return claim.metadata?.annotations?.[betaClass] ?? claim.spec?.storageClassName ?? '';
}

interface StorageClass extends KubeObject {
  provisioner: string;
}

const defaultMarks = [
  'storageclass.kubernetes.io/is-default-class',
  'storageclass.beta.kubernetes.io/is-default-class',
];

export function isDefaultClass(object: KubeObject): boolean {
  return defaultMarks.some((mark) => object.metadata?.annotations?.[mark] === 'true');
}

/** The DefaultStorageClass plugin: the newest of the default classes, by name where they are equally old. */
function chooseClass(claim: Claim, lookup: Lookup): void {
  const spec = claim.spec;
  if (spec === undefined || spec.storageClassName !== undefined) return;
  if (claim.metadata?.annotations?.[betaClass] !== undefined) return;
  const classes = (lookup.list('storageclasses.storage.k8s.io') as (UnknownObject & StorageClass)[]).filter(
    isDefaultClass,
  );
  const created = (one: KubeObject) => String(one.metadata?.creationTimestamp ?? '');
  const [newest] = classes.toSorted(
    (left, right) => created(right).localeCompare(created(left)) || nameOf(left).localeCompare(nameOf(right)),
  );
  if (newest !== undefined) spec.storageClassName = nameOf(newest);
}

/** The PersistentVolumeClaimResize plugin: a bound claim grows only where its class says so. */
function admitResize(claim: Claim, old: Claim, lookup: Lookup): void {
  const [wanted, had] = [claim, old].map((one) => parseQuantity(storageOf(one.spec?.resources?.requests) ?? '0').nano);
  if (old.status?.phase !== 'Bound' || wanted === undefined || had === undefined || wanted <= had) return;
  const found = lookup.find('storageclasses.storage.k8s.io', undefined, className(claim));
  if (found?.allowVolumeExpansion === true) return;
  const why =
    'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize';
  throw forbidden({ group: '', plural: 'persistentvolumeclaims' }, nameOf(claim), why);
}

/** dataSource and dataSourceRef say the same. */
function fillDataSources(spec: Claim['spec']): void {
  if (spec === undefined) return;
  if (spec.dataSource !== undefined && spec.dataSourceRef === undefined) {
    spec.dataSourceRef = structuredClone(spec.dataSource);
  } else if (spec.dataSource === undefined && spec.dataSourceRef !== undefined) {
    const { namespace, ...ref } = spec.dataSourceRef;
    const known = ['PersistentVolumeClaim', 'VolumeSnapshot'].includes(ref.kind);
    if (known && (namespace ?? '') === '') spec.dataSource = structuredClone(ref);
  }
}

const fixed =
  'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';

function checkChange(claim: Claim, old: Claim): FieldError[] {
  const before = { ...(old.spec as Spec) };
  const now = { ...(claim.spec as Spec) };
  if (!before.volumeName && now.volumeName !== undefined) before.volumeName = now.volumeName;
  const errors = checkOldClass(claim, old);
  if (takesClass(claim, old)) delete now.storageClassName;
  if (claim.status?.phase === 'Bound') {
    const storage = storageOf(before.resources?.requests);
    if (now.resources?.requests !== undefined && storage !== undefined) {
      now.resources = { ...now.resources, requests: { ...now.resources.requests, storage } };
    }
    if (before.volumeAttributesClassName === undefined) delete now.volumeAttributesClassName;
    else now.volumeAttributesClassName = before.volumeAttributesClassName;
  }
  if (!jsonEqual(now, before)) {
    const form = (spec: Spec) => internalForm('core.v1.PersistentVolumeClaimSpec', spec);
    errors.push(forbiddenField('spec', `${fixed}\n${diffValues(form(before), form(now))}`));
  }
  return [
    ...errors,
    ...checkShrink(claim, old),
    ...checkImmutable('volumeMode', claim.spec?.volumeMode, old.spec?.volumeMode),
    ...checkAttributesClass(claim, old),
  ];
}

/** A claim without a class may be given one, if only the one that its annotation names. */
function takesClass(claim: Claim, old: Claim): boolean {
  const name = claim.spec?.storageClassName;
  const annotation = old.metadata?.annotations?.[betaClass];
  if (name === undefined || old.spec?.storageClassName !== undefined) return false;
  return annotation === undefined || annotation === name;
}

function checkOldClass(claim: Claim, old: Claim): FieldError[] {
  const [now = '', before = ''] = [claim, old].map((one) => one.metadata?.annotations?.[betaClass]);
  const moved = before !== '' && takesClass(claim, old) && (now === '' || now === before);
  if (moved || now === before) return [];
  return [invalidField(`metadata.annotations.${betaClass}`, now, 'field is immutable')];
}

function checkShrink(claim: Claim, old: Claim): FieldError[] {
  const sizes = [claim.spec?.resources?.requests, old.spec?.resources?.requests, old.status?.capacity].map((amounts) =>
    parseQuantity(storageOf(amounts) ?? '0'),
  );
  const [wanted = { nano: 0n }, had = { nano: 0n }, has = { nano: 0n }] = sizes;
  if (wanted.nano >= had.nano || wanted.nano > has.nano) return [];
  return [forbiddenField('spec.resources.requests.storage', 'field can not be less than status.capacity')];
}

/** Once a class of attributes has been applied, there has to be one. */
function checkAttributesClass(claim: Claim, old: Claim): FieldError[] {
  const current = (old.status as { currentVolumeAttributesClassName?: string } | undefined)
    ?.currentVolumeAttributesClassName;
  const [now, before] = [claim, old].map((one) => (one.spec as Spec | undefined)?.volumeAttributesClassName);
  if (current === undefined || now === before || (now ?? '') !== '') return [];
  const what = now === undefined ? 'nil' : 'empty string';
  const rule = `update to ${what} is forbidden when status.currentVolumeAttributesClassName is not nil`;
  return [forbiddenField('spec.volumeAttributesClassName', rule)];
}
