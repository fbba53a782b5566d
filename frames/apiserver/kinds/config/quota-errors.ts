import { type FieldError, invalidField, requiredField } from '@croft/api/field-error';
import { sortedMap } from '../check.ts';
import { checkQuantityOf, checkResourceName } from '../pod/validate-resources.ts';
import type { ScopeTerm } from '../quota-scopes.ts';

// pkg/apis/core/validation ValidateResourceQuota

type Amounts = Record<string, string>;

export interface QuotaSpec {
  hard?: Amounts;
  scopes?: string[];
  scopeSelector?: { matchExpressions?: ScopeTerm[] };
}

const quotaNames = new Set(
  'cpu memory ephemeral-storage requests.cpu requests.memory requests.storage requests.ephemeral-storage limits.cpu limits.memory limits.ephemeral-storage pods resourcequotas services replicationcontrollers secrets persistentvolumeclaims configmaps services.nodeports services.loadbalancers'.split(
    ' ',
  ),
);
const podNames = new Set('pods cpu memory limits.cpu limits.memory requests.cpu requests.memory'.split(' '));
const claimNames = new Set(['persistentvolumeclaims', 'requests.storage']);
const ofPods = [
  'Terminating',
  'NotTerminating',
  'BestEffort',
  'NotBestEffort',
  'PriorityClass',
  'CrossNamespacePodAffinity',
];
const allScopes = [...ofPods, 'VolumeAttributesClass'];
const rivals = [
  ['BestEffort', 'NotBestEffort'],
  ['NotTerminating', 'Terminating'],
] as const;

export function checkQuotaSpec(spec: QuotaSpec): FieldError[] {
  return [...checkQuotaAmounts('spec.hard', spec.hard), ...checkScopes(spec), ...checkSelector(spec)];
}

export function checkQuotaAmounts(path: string, amounts: Amounts = {}): FieldError[] {
  return Object.entries(sortedMap(amounts)).flatMap(([name, amount]) => {
    const at = `${path}[${name}]`;
    const known = name.includes('/') || quotaNames.has(name) || /^(requests\.)?hugepages-/.test(name);
    return [
      ...checkResourceName(at, name),
      ...(known ? [] : [invalidField(at, name, 'must be a standard resource for quota')]),
      ...checkQuantityOf(at, name, amount),
    ];
  });
}

/** Whether a scope can be put on what a quota limits. */
function fits(scope: string, name: string): boolean {
  if (!quotaNames.has(name)) return true;
  if (scope === 'BestEffort') return name === 'pods';
  if (scope === 'VolumeAttributesClass') return claimNames.has(name);
  return !ofPods.includes(scope) || podNames.has(name);
}

function checkScopes({ hard = {}, scopes = [] }: QuotaSpec): FieldError[] {
  const refuse = (why: string) => invalidField('spec.scopes', scopes, why);
  const errors = scopes.flatMap((scope) => [
    ...(allScopes.includes(scope) ? [] : [refuse('unsupported scope')]),
    ...misfits(hard, scope).map(refuse),
  ]);
  return [...errors, ...conflicts(scopes).map(refuse)];
}

function misfits(hard: Amounts, scope: string): string[] {
  const wrong = Object.keys(hard).filter((name) => !fits(scope, name));
  return wrong.map(() => 'unsupported scope applied to resource');
}

function conflicts(scopes: readonly string[]): string[] {
  const both = rivals.filter((pair) => pair.every((scope) => scopes.includes(scope)));
  return both.map(() => 'conflicting scopes');
}

const path = 'spec.scopeSelector.matchExpressions';

function checkSelector({ hard = {}, scopes, scopeSelector }: QuotaSpec): FieldError[] {
  const terms = scopeSelector?.matchExpressions ?? [];
  const errors = terms.flatMap((term) => [
    ...(allScopes.includes(term.scopeName)
      ? []
      : [invalidField(`${path}.scopeName`, term.scopeName, 'unsupported scope')]),
    ...misfits(hard, term.scopeName).map((why) => invalidField(path, internalSelector(terms), why)),
    ...checkTerm(term),
  ]);
  const clashes = conflicts(terms.map(({ scopeName }) => scopeName));
  return [...errors, ...clashes.map((why) => invalidField(path, scopes ?? null, why))];
}

function internalSelector(terms: readonly ScopeTerm[]) {
  const shown = terms.map(({ scopeName, operator, values }) => ({
    ScopeName: scopeName,
    Operator: operator,
    Values: values ?? null,
  }));
  return { MatchExpressions: shown };
}

function checkTerm({ scopeName, operator, values = [] }: ScopeTerm): FieldError[] {
  const errors: FieldError[] = [];
  const existsOnly = ofPods.includes(scopeName) && scopeName !== 'PriorityClass';
  if (existsOnly && operator !== 'Exists') {
    const why =
      "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";
    errors.push(invalidField(`${path}.operator`, operator, why));
  }
  if (operator === 'In' || operator === 'NotIn') {
    const why = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector";
    if (values.length === 0) errors.push(requiredField(`${path}.values`, why));
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    const why = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector";
    if (values.length > 0) errors.push(invalidField(`${path}.values`, values, why));
  } else errors.push(invalidField(`${path}.operator`, operator, 'not a valid selector operator'));
  return errors;
}

/** Requests that are allowed more than limits. */
export function quotaWarnings({ hard = {} }: QuotaSpec, isGreater: (left: string, right: string) => boolean): string[] {
  return ['cpu', 'memory', 'storage', 'ephemeral-storage'].flatMap((name) => {
    const bare = name === 'cpu' || name === 'memory';
    const request = hard[`requests.${name}`] === undefined && bare ? name : `requests.${name}`;
    const limit = `limits.${name}`;
    const [asked, most] = [hard[request], hard[limit]];
    if (asked === undefined || most === undefined || !isGreater(asked, most)) return [];
    return [`ResourceQuota ${request} (${asked}) should be less than ${limit} (${most})`];
  });
}
