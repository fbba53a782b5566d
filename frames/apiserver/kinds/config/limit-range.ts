import { duplicateField, type FieldError, forbiddenField, invalidField, requiredField } from '@croft/api/field-error';
import { qualifiedNameErrors } from '@croft/api/names';
import type { KubeObject } from '@croft/api/object';
import { compareQuantities, parseQuantity, quantityToNumber } from '@croft/api/quantity';
import { invalidFor, sortedMap } from '../check.ts';
import type { KindParts } from '../define.ts';
import { checkContainerResourceName, checkResourceName, overcommits } from '../pod/validate-resources.ts';

export type Amounts = Record<string, string>;

export interface LimitRangeItem {
  type?: string;
  max?: Amounts;
  min?: Amounts;
  default?: Amounts;
  defaultRequest?: Amounts;
  maxLimitRequestRatio?: Amounts;
}

export interface LimitRange extends KubeObject {
  spec?: { limits?: LimitRangeItem[] | null };
}

export const limitRangeRules: KindParts<LimitRange> = {
  createsOnUpdate: true,
  default({ spec }) {
    for (const item of spec?.limits ?? []) if (item.type === 'Container') defaultItem(item);
  },
  validate: ({ spec }) => {
    const items = spec?.limits ?? [];
    return items.flatMap((item, index) => {
      const path = `spec.limits[${index}]`;
      const isTwice = items.slice(0, index).some(({ type }) => type === item.type);
      return [
        ...checkType(`${path}.type`, item.type ?? ''),
        ...(isTwice ? [duplicateField(`${path}.type`, item.type)] : []),
        ...checkNames(path, item),
        ...checkItem(path, item),
      ];
    });
  },
};

/** The default limit is the maximum, the default request the default limit, then the minimum. */
function defaultItem(item: LimitRangeItem): void {
  const limits = { ...item.max, ...item.default };
  const requests = { ...item.min, ...limits, ...item.defaultRequest };
  if (Object.keys(limits).length > 0) item.default = limits;
  if (Object.keys(requests).length > 0) item.defaultRequest = requests;
}

const types = ['Pod', 'Container', 'PersistentVolumeClaim'];

function checkType(path: string, type: string): FieldError[] {
  const errors = invalidFor(path, type, qualifiedNameErrors(type));
  if (errors.length > 0 || type.includes('/') || types.includes(type)) return errors;
  return [invalidField(path, type, 'must be a standard limit type or fully qualified')];
}

function checkNames(path: string, item: LimitRangeItem): FieldError[] {
  const ofContainers = item.type === 'Pod' || item.type === 'Container';
  const names = (field: keyof LimitRangeItem, amounts: Amounts = {}) =>
    Object.keys(sortedMap(amounts)).flatMap((name) => {
      const at = `${path}.${field}[${name}]`;
      return ofContainers ? checkContainerResourceName(at, name) : checkResourceName(at, name);
    });
  const errors = [...names('max', item.max), ...names('min', item.min)];
  const forPods = "may not be specified when `type` is 'Pod'";
  for (const field of ['default', 'defaultRequest'] as const) {
    const amounts = item[field];
    if (item.type !== 'Pod') errors.push(...names(field, amounts));
    else if (Object.keys(amounts ?? {}).length > 0) errors.push(forbiddenField(`${path}.${field}`, forPods));
  }
  const storage = item.min?.storage ?? item.max?.storage;
  if (item.type === 'PersistentVolumeClaim' && storage === undefined) {
    const why = 'either minimum or maximum storage value is required, but neither was provided';
    errors.push(requiredField(`${path}.limits`, why));
  }
  return [...errors, ...names('maxLimitRequestRatio', item.maxLimitRequestRatio)];
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
  const { max = {}, min = {}, maxLimitRequestRatio: ratios = {} } = item;
  const forPods = item.type === 'Pod';
  const values = {
    min,
    max,
    default: forPods ? {} : (item.default ?? {}),
    defaultRequest: forPods ? {} : (item.defaultRequest ?? {}),
  };
  const errors: FieldError[] = [];
  const names = Object.keys({ ...max, ...min, ...values.default, ...values.defaultRequest, ...ratios }).sort();
  for (const name of names) {
    for (const { low, high, field, shown } of orders) {
      const [left, right] = [values[low][name], values[high][name]];
      if (left === undefined || right === undefined) continue;
      if (compareQuantities(parseQuantity(left), parseQuantity(right)) <= 0) continue;
      const limit = low === 'defaultRequest' && high === 'default' ? 'default limit value' : titles[high];
      const rule = `${titles[low]} ${left} is greater than ${limit} ${right}`;
      errors.push(invalidField(`${path}.${field}[${name}]`, values[shown][name], rule));
    }
    errors.push(...checkRatio(`${path}.maxLimitRequestRatio[${name}]`, ratios[name], min[name], max[name]));
    errors.push(
      ...checkEqual(`${path}.defaultRequest[${name}]`, name, values.default[name], values.defaultRequest[name]),
    );
  }
  return errors;
}

function checkRatio(
  path: string,
  ratio: string | undefined,
  min: string | undefined,
  max: string | undefined,
): FieldError[] {
  if (ratio === undefined) return [];
  const value = quantityToNumber(parseQuantity(ratio));
  const errors = value < 1 ? [invalidField(path, ratio, `ratio ${ratio} is less than 1`)] : [];
  if (min === undefined || max === undefined) return errors;
  const most = quantityToNumber(parseQuantity(max)) / quantityToNumber(parseQuantity(min));
  if (value <= most) return errors;
  return [...errors, invalidField(path, ratio, `ratio ${ratio} is greater than max/min = ${most.toFixed(6)}`)];
}

/** What cannot be promised twice has its default request equal to the default limit. */
function checkEqual(path: string, name: string, limit: string | undefined, request: string | undefined): FieldError[] {
  if (overcommits(name) || limit === undefined || request === undefined) return [];
  if (compareQuantities(parseQuantity(limit), parseQuantity(request)) === 0) return [];
  return [
    invalidField(path, request, `default value ${limit} must equal to defaultRequest value ${request} in ${name}`),
  ];
}
