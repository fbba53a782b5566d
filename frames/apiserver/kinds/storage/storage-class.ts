import { type FieldError, fieldTooLong, invalidField, requiredField } from '@croft/api/field-error';
import { qualifiedNameErrors } from '@croft/api/names';
import type { StorageClass } from '@croft/api/types';
import { checkImmutable, checkOneOf, invalidFor } from '../check.ts';
import { ageOf, defineTable, nameOf } from '../columns.ts';
import type { KindParts } from '../define.ts';
import { isDefaultClass } from './claim.ts';

export const storageClassRules: KindParts<StorageClass> = {
  returnsDeleted: true,
  default(one) {
    one.reclaimPolicy ??= 'Delete';
    one.volumeBindingMode ??= 'Immediate';
  },
  validate: checkClass,
  validateUpdate: (one, old) => [
    ...checkImmutable('parameters', one.parameters, old.parameters, (one.parameters ?? null) as never),
    ...checkImmutable('provisioner', one.provisioner, old.provisioner),
    ...checkImmutable('reclaimPolicy', one.reclaimPolicy, old.reclaimPolicy),
    ...checkImmutable('volumeBindingMode', one.volumeBindingMode, old.volumeBindingMode),
  ],
  table: defineTable<StorageClass>(
    'Name*,Provisioner,ReclaimPolicy,VolumeBindingMode,AllowVolumeExpansion,Age',
    (one, nowMs) => [
      isDefaultClass(one) ? `${nameOf(one)} (default)` : nameOf(one),
      one.provisioner,
      one.reclaimPolicy ?? 'Delete',
      one.volumeBindingMode ?? '<unset>',
      one.allowVolumeExpansion ?? false,
      ageOf(one, nowMs),
    ],
  ),
};

function checkClass({ provisioner, parameters = {}, reclaimPolicy, volumeBindingMode }: StorageClass): FieldError[] {
  const errors: FieldError[] = [];
  if (!provisioner) errors.push(requiredField('provisioner'));
  else {
    const lower = provisioner.toLowerCase();
    errors.push(...invalidFor('provisioner', lower, qualifiedNameErrors(lower)));
  }
  const keys = Object.keys(parameters);
  if (keys.length > 512) errors.push(fieldTooLong('parameters', 512));
  if (keys.includes('')) errors.push(invalidField('parameters', '', 'field can not be empty.'));
  if (reclaimPolicy !== undefined) errors.push(...checkOneOf('reclaimPolicy', reclaimPolicy, ['Delete', 'Retain']));
  if (volumeBindingMode === undefined) errors.push(requiredField('volumeBindingMode'));
  else errors.push(...checkOneOf('volumeBindingMode', volumeBindingMode, ['Immediate', 'WaitForFirstConsumer']));
  return errors;
}
