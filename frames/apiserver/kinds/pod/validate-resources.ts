import { duplicateField, type FieldError, fieldNotFound, invalidField, requiredField } from '@croft/api/field-error';
import { dns1123LabelErrors, qualifiedNameErrors } from '@croft/api/names';
import { canonicalQuantity, compareQuantities, formatQuantity, parseQuantity } from '@croft/api/quantity';
import type { ResourceRequirements } from '@croft/api/types';
import { checkChoice, duplicates, invalidFor, sortedMap } from '../check.ts';

type Amounts = Readonly<Record<string, string>>;

/** The limits and requests of a container. */
export function checkResources(
  path: string,
  resources: ResourceRequirements | undefined,
  claimNames: readonly string[] = [],
): FieldError[] {
  const limits = sortedMap((resources?.limits ?? {}) as Amounts);
  const requests = sortedMap((resources?.requests ?? {}) as Amounts);
  return [
    ...Object.entries(limits).flatMap(([name, amount]) => [
      ...checkAmount(`${path}.limits[${name}]`, name, amount),
      ...checkPageSize(`${path}.limits[${name}]`, name, amount),
    ]),
    ...Object.entries(requests).flatMap(([name, amount]) => [
      ...checkAmount(`${path}.requests[${name}]`, name, amount),
      ...checkBelowLimit(`${path}.requests`, name, amount, limits[name]),
      ...checkPageSize(`${path}.requests[${name}]`, name, amount),
    ]),
    ...checkHugePages(path, limits, requests),
    ...checkClaims(`${path}.claims`, resources?.claims, claimNames),
  ];
}

function checkAmount(path: string, name: string, amount: string): FieldError[] {
  return [...checkContainerResourceName(path, name), ...checkQuantityOf(path, name, amount)];
}

/** Huge pages come whole: a multiple of the size in the name. */
function checkPageSize(path: string, name: string, amount: string): FieldError[] {
  const size = canonicalQuantity(/^hugepages-(.+)$/.exec(name)?.[1] ?? '');
  if (size === undefined) return [];
  const [page, asked] = [parseQuantity(size).nano, parseQuantity(amount).nano];
  if (page > 0n && asked % page === 0n) return [];
  return [invalidField(path, amount, `${amount} is not positive integer multiple of ${name}`)];
}

/** The devices that a container shares of those which its pod has claimed. */
function checkClaims(
  path: string,
  claims: readonly { name: string; request?: string }[] = [],
  known: readonly string[],
): FieldError[] {
  const seen = new Set<string>();
  return claims.flatMap(({ name, request = '' }, index) => {
    const at = `${path}[${index}]`;
    if (name === '') return [requiredField(at)];
    const key = request === '' ? name : `${name}/${request}`;
    const errors = request === '' ? [] : invalidFor(`${at}.request`, request, dns1123LabelErrors(request));
    if (seen.has(name) || seen.has(key)) errors.push(duplicateField(at, seen.has(name) ? name : key));
    seen.add(key);
    if (known.includes(name)) return errors;
    const rest = known.length === 0 ? ' which is empty' : `: ${known.toSorted().join(', ')}`;
    const detail = `must be one of the names in pod.spec.resourceClaims${rest}`;
    return [...errors, { ...fieldNotFound(at, name), detail }];
  });
}

const standard = /^(cpu|memory|ephemeral-storage|hugepages-.+)$/;

export function checkContainerResourceName(path: string, name: string): FieldError[] {
  const errors = checkResourceName(path, name);
  if (name.includes('/')) {
    if (isNative(name) || isExtended(name)) return errors;
    return [...errors, invalidField(path, name, "doesn't follow extended resource name standard")];
  }
  return standard.test(name)
    ? errors
    : [...errors, invalidField(path, name, 'must be a standard resource for containers')];
}

const isNative = (name: string) => !name.includes('/') || /(^|\.)kubernetes\.io\//.test(name);

/** Extended resources have a domain of their own, and room for `requests.` before it. */
const isExtended = (name: string) =>
  !isNative(name) && !name.startsWith('requests.') && qualifiedNameErrors(`requests.${name}`).length === 0;

const standardNames = new Set([
  'cpu',
  'memory',
  'ephemeral-storage',
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'storage',
  'services.loadbalancers',
  'services.nodeports',
]);

/** Any resource's name, as nodes, quotas and containers use them. */
export function checkResourceName(path: string, name: string): FieldError[] {
  const errors = invalidFor(path, name, qualifiedNameErrors(name));
  if (errors.length > 0 || name.includes('/')) return errors;
  const known = standardNames.has(name) || /^(requests\.|limits\.|hugepages-)/.test(name);
  return known ? [] : [invalidField(path, name, 'must be a standard resource type or fully qualified')];
}

/** Not negative, and whole where the resource cannot be divided. */
export function checkQuantityOf(path: string, name: string, amount: string): FieldError[] {
  const quantity = parseQuantity(amount);
  const errors = quantity.nano < 0n ? [invalidField(path, amount, 'must be greater than or equal to 0')] : [];
  const whole = quantity.nano % 1_000_000_000n === 0n;
  if (!whole && isInteger(name)) errors.push(invalidField(path, formatQuantity(quantity), 'must be an integer'));
  return errors;
}

const integerNames = new Set([
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
]);

function isInteger(name: string): boolean {
  return integerNames.has(name) || (name.includes('/') && !/(^|\.)kubernetes\.io\//.test(name));
}

/** Extended resources and huge pages cannot be promised twice. */
export function overcommits(name: string): boolean {
  return !name.startsWith('hugepages-') && (!name.includes('/') || /(^|\.)kubernetes\.io\//.test(name));
}

function checkBelowLimit(path: string, name: string, amount: string, limit: string | undefined): FieldError[] {
  if (limit === undefined) {
    if (overcommits(name)) return [];
    return [requiredField(path.replace(/requests$/, 'limits'), `Limit must be set for non overcommitable resources`)];
  }
  const order = compareQuantities(parseQuantity(amount), parseQuantity(limit));
  if (overcommits(name)) {
    if (order <= 0) return [];
    return [invalidField(path, amount, `must be less than or equal to ${name} limit of ${limit}`)];
  }
  return order === 0 ? [] : [invalidField(path, amount, `must be equal to ${name} limit of ${limit}`)];
}

function checkHugePages(path: string, limits: Amounts, requests: Amounts): FieldError[] {
  const names = Object.keys({ ...limits, ...requests });
  const wantsHugePages = names.some((name) => name.startsWith('hugepages-'));
  if (!wantsHugePages || names.includes('cpu') || names.includes('memory')) return [];
  return [{ type: 'FieldValueForbidden', field: path, badValue: '', detail: 'HugePages require cpu or memory' }];
}

interface ResizePolicy {
  resourceName: string;
  restartPolicy: string;
}

export function checkResizePolicies(
  path: string,
  policies: readonly ResizePolicy[] = [],
  podRestarts: string | undefined,
): FieldError[] {
  const twice = new Map(duplicates(policies, ({ resourceName }) => resourceName));
  return policies.flatMap(({ resourceName, restartPolicy }, index) => {
    const rule = "must be 'NotRequired' when `restartPolicy` is 'Never'";
    return [
      ...(twice.has(index) ? [duplicateField(`${path}[${index}]`, resourceName)] : []),
      ...checkChoice(path, resourceName, ['cpu', 'memory']),
      ...checkChoice(path, restartPolicy, ['NotRequired', 'RestartContainer']),
      ...(podRestarts === 'Never' && restartPolicy !== 'NotRequired' ? [invalidField(path, restartPolicy, rule)] : []),
    ];
  });
}
