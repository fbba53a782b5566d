import { type FieldError, invalidField } from '@croft/api/field-error';
import type { KubeObject } from '@croft/api/object';
import { compareQuantities, parseQuantity } from '@croft/api/quantity';
import { jsonEqual } from '@croft/foundation/json';
import { ageOf, defineTable, nameOf } from '../columns.ts';
import type { KindParts } from '../define.ts';
import { checkQuotaAmounts, checkQuotaSpec, type QuotaSpec, quotaWarnings } from './quota-errors.ts';

type Amounts = Record<string, string>;

interface ResourceQuota extends KubeObject {
  spec?: QuotaSpec;
  status?: { hard?: Amounts; used?: Amounts };
}

export const resourceQuotaRules: KindParts<ResourceQuota> = {
  returnsDeleted: true,
  validate: ({ spec }) => checkQuotaSpec(spec ?? {}),
  validateUpdate: ({ spec }, old) => [
    ...checkQuotaSpec(spec ?? {}),
    ...checkSameScopes(spec?.scopes, old.spec?.scopes),
  ],
  validateStatusUpdate: ({ status }) => [
    ...checkQuotaAmounts('status.hard', status?.hard),
    ...checkQuotaAmounts('status.used', status?.used),
  ],
  warnings: ({ spec }, old) => (old === undefined ? quotaWarnings(spec ?? {}, isGreater) : []),
  table: defineTable<ResourceQuota>('Name*,Request,Limit,Age', (quota, nowMs) => {
    const hard = Object.keys(quota.status?.hard ?? {}).sort();
    const show = (names: string[]) =>
      names.map((name) => `${name}: ${quota.status?.used?.[name] ?? '0'}/${quota.status?.hard?.[name]}`).join(', ');
    return [
      nameOf(quota),
      show(hard.filter((name) => !name.startsWith('limits.'))),
      show(hard.filter((name) => name.startsWith('limits.'))),
      ageOf(quota, nowMs),
    ];
  }),
};

const isGreater = (left: string, right: string): boolean =>
  compareQuantities(parseQuantity(left), parseQuantity(right)) > 0;

function checkSameScopes(scopes: readonly string[] = [], old: readonly string[] = []): FieldError[] {
  const same = jsonEqual([...new Set(scopes)].sort(), [...new Set(old)].sort());
  return same ? [] : [invalidField('spec.scopes', scopes.length === 0 ? null : scopes, 'field is immutable')];
}
