import { type FieldError, forbiddenField, invalidField } from '@croft/api/field-error';
import type { KubeObject } from '@croft/api/object';
import { compareQuantities, parseQuantity } from '@croft/api/quantity';
import { jsonEqual } from '@croft/foundation/json';
import { checkOneOf, sortedMap } from '../check.ts';
import { ageOf, defineTable, nameOf } from '../columns.ts';
import type { KindParts } from '../define.ts';
import { checkQuantityOf, checkResourceName } from '../pod/validate-resources.ts';

type Amounts = Record<string, string>;

interface ResourceQuota extends KubeObject {
  spec?: { hard?: Amounts; scopes?: string[] };
  status?: { hard?: Amounts; used?: Amounts };
}

const scopes = [
  'BestEffort',
  'CrossNamespacePodAffinity',
  'NotBestEffort',
  'NotTerminating',
  'PriorityClass',
  'Terminating',
];

export const resourceQuotaRules: KindParts<ResourceQuota> = {
  returnsDeleted: true,
  validate: ({ spec }) => [
    ...Object.entries(sortedMap(spec?.hard ?? {})).flatMap(([name, amount]) => [
      ...checkResourceName(`spec.hard[${name}]`, name),
      ...checkQuantityOf(`spec.hard[${name}]`, name, amount),
    ]),
    ...(spec?.scopes ?? []).flatMap((scope) => checkOneOf('spec.scopes', scope, scopes)),
  ],
  validateUpdate: ({ spec }, old) =>
    jsonEqual(spec?.scopes, old.spec?.scopes)
      ? []
      : [invalidField('spec.scopes', spec?.scopes ?? null, 'field is immutable')],
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

interface LimitRangeItem {
  type?: string;
  max?: Amounts;
  min?: Amounts;
  default?: Amounts;
  defaultRequest?: Amounts;
  maxLimitRequestRatio?: Amounts;
}

interface LimitRange extends KubeObject {
  spec?: { limits?: LimitRangeItem[] | null };
}

export const limitRangeRules: KindParts<LimitRange> = {
  createsOnUpdate: true,
  default({ spec }) {
    for (const item of spec?.limits ?? []) if (item.type === 'Container') defaultItem(item);
  },
  validate: ({ spec }) => (spec?.limits ?? []).flatMap((item, index) => checkItem(`spec.limits[${index}]`, item)),
};

/** The default limit is the maximum, the default request the default limit, then the minimum. */
function defaultItem(item: LimitRangeItem): void {
  const limits = { ...item.max, ...item.default };
  const requests = { ...item.min, ...limits, ...item.defaultRequest };
  if (Object.keys(limits).length > 0) item.default = limits;
  if (Object.keys(requests).length > 0) item.defaultRequest = requests;
}

type Bound = 'min' | 'max' | 'default' | 'defaultRequest';

const titles: Readonly<Record<Bound, string>> = {
  min: 'min value',
  max: 'max value',
  default: 'default value',
  defaultRequest: 'default request value',
};

/** What may not be greater than what, the field that is blamed, and whose value is shown. */
const orders: readonly { low: Bound; high: Bound; field: Bound; shown: Bound }[] = [
  { low: 'min', high: 'max', field: 'min', shown: 'min' },
  { low: 'min', high: 'defaultRequest', field: 'defaultRequest', shown: 'defaultRequest' },
  { low: 'defaultRequest', high: 'max', field: 'defaultRequest', shown: 'defaultRequest' },
  { low: 'defaultRequest', high: 'default', field: 'defaultRequest', shown: 'defaultRequest' },
  { low: 'min', high: 'default', field: 'default', shown: 'min' },
  { low: 'default', high: 'max', field: 'default', shown: 'max' },
];

function checkItem(path: string, item: LimitRangeItem): FieldError[] {
  const { max = {}, min = {}, default: limits = {}, defaultRequest: requests = {} } = item;
  const errors: FieldError[] = [];
  if (item.type === 'Pod') {
    if (item.default !== undefined)
      errors.push(forbiddenField(`${path}.default`, "may not be specified when `type` is 'Pod'"));
    if (item.defaultRequest !== undefined) {
      errors.push(forbiddenField(`${path}.defaultRequest`, "may not be specified when `type` is 'Pod'"));
    }
  }
  const values = { min, max, default: limits, defaultRequest: requests };
  for (const name of Object.keys({ ...max, ...min, ...limits, ...requests }).sort()) {
    for (const { low, high, field, shown } of orders) {
      const [left, right] = [values[low][name], values[high][name]];
      if (left === undefined || right === undefined) continue;
      if (compareQuantities(parseQuantity(left), parseQuantity(right)) <= 0) continue;
      const limit = low === 'defaultRequest' && high === 'default' ? 'default limit value' : titles[high];
      const rule = `${titles[low]} ${left} is greater than ${limit} ${right}`;
      errors.push(invalidField(`${path}.${field}[${name}]`, values[shown][name], rule));
    }
  }
  return errors;
}
