import { type FieldError, forbiddenField, invalidField, requiredField } from '@croft/api/field-error';
import { dns1123LabelErrors, dns1123SubdomainErrors } from '@croft/api/names';
import { parseQuantity } from '@croft/api/quantity';
import type { PersistentVolumeClaim } from '@croft/api/types';
import { checkOneOf, invalidFor } from '../check.ts';
import { checkLabelSelector } from '../labels.ts';
import { storageOf } from './volume-cells.ts';

// pkg/apis/core/validation ValidatePersistentVolumeClaimSpec

export type ClaimSpec = NonNullable<PersistentVolumeClaim['spec']> & { volumeAttributesClassName?: string };

interface Source {
  apiGroup?: string | null;
  kind?: string;
  name?: string;
  namespace?: string | null;
}

const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];

export function checkAccessModes(path: string, modes: readonly string[] = []): FieldError[] {
  const errors = modes.flatMap((mode) => checkOneOf(path, mode, accessModes));
  const others = modes.some((mode) => mode !== 'ReadWriteOncePod' && accessModes.includes(mode));
  if (modes.includes('ReadWriteOncePod') && others) {
    errors.push(forbiddenField(path, 'may not use ReadWriteOncePod with other access modes'));
  }
  return errors;
}

export function checkClaimSpec(path: string, spec: ClaimSpec | undefined): FieldError[] {
  const modes = spec?.accessModes ?? [];
  const storage = storageOf(spec?.resources?.requests);
  const at = `${path}.resources[storage]`;
  const rule = 'at least 1 access mode is required';
  const errors: FieldError[] = modes.length === 0 ? [requiredField(`${path}.accessModes`, rule)] : [];
  errors.push(...checkLabelSelector(`${path}.selector`, spec?.selector));
  errors.push(...checkAccessModes(`${path}.accessModes`, modes));
  if (storage === undefined) errors.push(requiredField(at));
  else if (parseQuantity(storage).nano <= 0n) errors.push(invalidField(at, storage, 'must be greater than zero'));
  errors.push(...checkClassName(`${path}.storageClassName`, spec?.storageClassName));
  const mode = spec?.volumeMode;
  if (mode !== undefined) errors.push(...checkOneOf(`${path}.volumeMode`, mode, ['Block', 'Filesystem']));
  errors.push(...checkSources(path, spec?.dataSource, spec?.dataSourceRef));
  return [...errors, ...checkClassName(`${path}.volumeAttributesClassName`, spec?.volumeAttributesClassName)];
}

export function checkClassName(path: string, name = ''): FieldError[] {
  return name === '' ? [] : invalidFor(path, name, dns1123SubdomainErrors(name));
}

/** What the claim is filled from, told in two fields that have to agree. */
function checkSources(path: string, source: Source | undefined, ref: Source | undefined): FieldError[] {
  const errors = [
    ...(source === undefined ? [] : checkSource(`${path}.dataSource`, source)),
    ...(ref === undefined ? [] : checkSource(`${path}.dataSourceRef`, ref)),
  ];
  if (source === undefined || ref === undefined) return errors;
  const shown = `${path}.dataSource`;
  if (ref.namespace) {
    return [...errors, invalidField(path, shown, 'may not be specified when dataSourceRef.namespace is specified')];
  }
  const agree = (['apiGroup', 'kind', 'name'] as const).every((field) => (source[field] ?? '') === (ref[field] ?? ''));
  return agree ? errors : [...errors, invalidField(path, shown, 'must match dataSourceRef')];
}

function checkSource(path: string, { kind = '', name = '', ...source }: Source): FieldError[] {
  const [apiGroup, namespace] = [source.apiGroup ?? '', source.namespace ?? ''];
  const errors: FieldError[] = [];
  if (name === '') errors.push(requiredField(`${path}.name`));
  if (kind === '') errors.push(requiredField(`${path}.kind`));
  if (apiGroup === '' && kind !== 'PersistentVolumeClaim') {
    const rule = "must be 'PersistentVolumeClaim' when referencing the default apiGroup";
    errors.push(invalidField(path, kind, rule));
  }
  if (apiGroup !== '') errors.push(...invalidFor(`${path}.apiGroup`, apiGroup, dns1123SubdomainErrors(apiGroup)));
  if (namespace === '') return errors;
  return [...errors, ...invalidFor(`${path}.namespace`, namespace, dns1123LabelErrors(namespace))];
}
