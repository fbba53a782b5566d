import { duplicateField, type FieldError, fieldTooLong, invalidField, requiredField } from '@croft/api/field-error';
import { qualifiedNameErrors } from '@croft/api/names';
import type { StorageClass } from '@croft/api/types';
import { checkImmutable, checkOneOf, checkQualifiedName, duplicates, invalidFor } from '../check.ts';
import { ageOf, defineTable, nameOf } from '../columns.ts';
import type { KindParts } from '../define.ts';
import { renamedLabel } from '../pod/warnings.ts';
import { isDefaultClass } from './claim.ts';

export const storageClassRules: KindParts<StorageClass> = {
  returnsDeleted: true,
  default(one) {
    one.reclaimPolicy ??= 'Delete';
    one.volumeBindingMode ??= 'Immediate';
  },
  validate: checkClass,
  warnings: ({ allowedTopologies = [] }) =>
    allowedTopologies.flatMap(({ matchLabelExpressions = [] }, index) =>
      matchLabelExpressions.flatMap(({ key }, item) => {
        const why = renamedLabel(key);
        const at = `allowedTopologies[${index}].matchLabelExpressions[${item}].key`;
        return why === undefined ? [] : [`${at}: ${key} is ${why}`];
      }),
    ),
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

type Topology = NonNullable<StorageClass['allowedTopologies']>[number];

/** Which nodes may have the volumes: each key once, and each value of it. */
function checkTopology(path: string, { matchLabelExpressions: wanted = [] }: Topology): FieldError[] {
  const twice = new Map(duplicates(wanted, ({ key }) => key));
  return wanted.flatMap(({ key, ...rest }, index) => {
    const values = (rest.values as string[] | null) ?? [];
    const at = `${path}.matchLabelExpressions[${index}]`;
    return [
      ...(values.length === 0 ? [requiredField(`${at}.values`)] : []),
      ...duplicates(values, (value) => value).map(([item, value]) => duplicateField(`${at}.values[${item}]`, value)),
      ...checkQualifiedName(`${at}.key`, key),
      ...(twice.has(index) ? [duplicateField(`${at}.key`, key)] : []),
    ];
  });
}

function checkClass(one: StorageClass): FieldError[] {
  const { provisioner, parameters = {}, reclaimPolicy, volumeBindingMode, allowedTopologies = [] } = one;
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
  allowedTopologies.forEach((term, index) => {
    errors.push(...checkTopology(`allowedTopologies[${index}]`, term));
  });
  const terms = duplicates(allowedTopologies, (term) => JSON.stringify(term));
  return [
    ...errors,
    ...terms.map(([index]) => duplicateField(`allowedTopologies[${index}].matchLabelExpressions`, '')),
  ];
}
