import { type FieldError, forbiddenField, invalidField, requiredField } from '@croft/api/field-error';
import { dns1123SubdomainErrors } from '@croft/api/names';
import type { KubeObject, UnknownObject } from '@croft/api/object';
import { parseQuantity } from '@croft/api/quantity';
import type { PersistentVolumeClaim } from '@croft/api/types';
import { jsonEqual } from '@croft/foundation/json';
import { forbidden } from '../../failures.ts';
import type { Lookup } from '../../kind-rules.ts';
import { checkImmutable, checkOneOf, invalidFor } from '../check.ts';
import { ageOf, defineTable, nameOf } from '../columns.ts';
import type { KindParts, Writable } from '../define.ts';
import { internalForm } from '../internal-form.ts';
import { checkLabelSelector } from '../labels.ts';
import { admitClaimLimits } from '../limit-ranges.ts';
import { diffValues } from '../line-diff.ts';
import { fractionWarnings } from '../pod/warnings.ts';
import { formatAccessModes, storageOf } from './volume-cells.ts';

type Claim = Writable<PersistentVolumeClaim>;
type Spec = NonNullable<Claim['spec']> & { volumeAttributesClassName?: string };

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
  validate: ({ spec }) => checkSpec('spec', spec as Spec),
  validateUpdate: (claim, old) => [...checkSpec('spec', claim.spec as Spec), ...checkChange(claim, old)],
  warnings: ({ spec }) => [
    ...fractionWarnings('spec.resources.requests[storage]', storageOf(spec?.resources?.requests)),
    ...fractionWarnings('spec.resources.limits[storage]', storageOf(spec?.resources?.limits)),
  ],
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

const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];

function checkAccessModes(path: string, modes: readonly string[] = []): FieldError[] {
  const errors = modes.flatMap((mode) => checkOneOf(path, mode, accessModes));
  const others = modes.some((mode) => mode !== 'ReadWriteOncePod' && accessModes.includes(mode));
  if (modes.includes('ReadWriteOncePod') && others) {
    errors.push(forbiddenField(path, 'may not use ReadWriteOncePod with other access modes'));
  }
  return errors;
}

function checkSpec(path: string, spec: Spec | undefined): FieldError[] {
  const modes = spec?.accessModes ?? [];
  const storage = storageOf(spec?.resources?.requests);
  const at = `${path}.resources[storage]`;
  const rule = 'at least 1 access mode is required';
  const errors: FieldError[] = modes.length === 0 ? [requiredField(`${path}.accessModes`, rule)] : [];
  errors.push(...checkLabelSelector(`${path}.selector`, spec?.selector));
  errors.push(...checkAccessModes(`${path}.accessModes`, modes));
  if (storage === undefined) errors.push(requiredField(at));
  else if (parseQuantity(storage).nano <= 0n) errors.push(invalidField(at, storage, 'must be greater than zero'));
  const name = spec?.storageClassName;
  if (name) errors.push(...invalidFor(`${path}.storageClassName`, name, dns1123SubdomainErrors(name)));
  const mode = spec?.volumeMode;
  if (mode !== undefined) errors.push(...checkOneOf(`${path}.volumeMode`, mode, ['Block', 'Filesystem']));
  return errors;
}

const fixed =
  'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';

function checkChange(claim: Claim, old: Claim): FieldError[] {
  const before = { ...(old.spec as Spec) };
  const now = { ...(claim.spec as Spec) };
  if (!before.volumeName && now.volumeName !== undefined) before.volumeName = now.volumeName;
  if (before.storageClassName === undefined && now.storageClassName !== undefined) delete now.storageClassName;
  const bound = claim.status?.phase === 'Bound';
  if (bound) {
    const storage = storageOf(before.resources?.requests);
    if (now.resources?.requests !== undefined && storage !== undefined) {
      now.resources = { ...now.resources, requests: { ...now.resources.requests, storage } };
    }
    if (before.volumeAttributesClassName === undefined) delete now.volumeAttributesClassName;
    else if (now.volumeAttributesClassName !== undefined)
      now.volumeAttributesClassName = before.volumeAttributesClassName;
  }
  const errors: FieldError[] = [];
  if (!jsonEqual(now, before)) {
    const form = (spec: Spec) => internalForm('core.v1.PersistentVolumeClaimSpec', spec);
    errors.push(forbiddenField('spec', `${fixed}\n${diffValues(form(before), form(now))}`));
  }
  const sizes = [claim.spec?.resources?.requests, old.spec?.resources?.requests, old.status?.capacity].map((amounts) =>
    parseQuantity(storageOf(amounts) ?? '0'),
  );
  const [wanted = { nano: 0n }, had = { nano: 0n }, has = { nano: 0n }] = sizes;
  if (wanted.nano < had.nano && wanted.nano <= has.nano) {
    errors.push(forbiddenField('spec.resources.requests.storage', 'field can not be less than status.capacity'));
  }
  return [...errors, ...checkImmutable('volumeMode', claim.spec?.volumeMode, old.spec?.volumeMode)];
}
