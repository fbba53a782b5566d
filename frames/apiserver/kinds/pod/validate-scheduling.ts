import {
  duplicateField,
  type FieldError,
  forbiddenField,
  invalidField,
  requiredField,
  unsupportedField,
} from '@croft/api/field-error';
import { dns1123LabelErrors, dns1123SubdomainErrors, labelValueErrors } from '@croft/api/names';
import type { LabelSelector, PodSpec } from '@croft/api/types';
import { checkOneOf, checkQualifiedName, invalidFor } from '../check.ts';
import { checkLabelSelector, checkOperator } from '../labels.ts';

type Affinity = NonNullable<PodSpec['affinity']>;
type Toleration = NonNullable<PodSpec['tolerations']>[number];
type NodeTerm = NonNullable<
  NonNullable<Affinity['nodeAffinity']>['requiredDuringSchedulingIgnoredDuringExecution']
>['nodeSelectorTerms'][number];
type PodTerm = NonNullable<
  NonNullable<Affinity['podAffinity']>['requiredDuringSchedulingIgnoredDuringExecution']
>[number];
type WeightedTerm = NonNullable<
  NonNullable<Affinity['podAffinity']>['preferredDuringSchedulingIgnoredDuringExecution']
>[number];
type Spread = NonNullable<PodSpec['topologySpreadConstraints']>[number];

const requiredTerms = 'requiredDuringSchedulingIgnoredDuringExecution';
const preferredTerms = 'preferredDuringSchedulingIgnoredDuringExecution';

export function checkAffinity(path: string, affinity: Affinity | undefined): FieldError[] {
  const node = affinity?.nodeAffinity;
  return [
    ...(node?.[requiredTerms] === undefined
      ? []
      : checkNodeTerms(`${path}.nodeAffinity.${requiredTerms}`, node[requiredTerms].nodeSelectorTerms)),
    ...(node?.[preferredTerms] ?? []).flatMap(({ weight, preference }, index) => {
      const at = `${path}.nodeAffinity.${preferredTerms}[${index}]`;
      return [...checkWeight(`${at}.weight`, weight), ...checkNodeTerm(`${at}.preference`, preference, false)];
    }),
    ...checkPodTerms(`${path}.podAffinity`, affinity?.podAffinity),
    ...checkPodTerms(`${path}.podAntiAffinity`, affinity?.podAntiAffinity),
  ];
}

export function checkNodeTerms(path: string, terms: readonly NodeTerm[] | null): FieldError[] {
  const at = `${path}.nodeSelectorTerms`;
  if (terms === null || terms.length === 0) return [requiredField(at, 'must have at least one node selector term')];
  return terms.flatMap((term, index) => checkNodeTerm(`${at}[${index}]`, term, true));
}

function checkNodeTerm(path: string, term: NodeTerm, checksValues: boolean): FieldError[] {
  const expressions = (term.matchExpressions ?? []).flatMap(({ key, operator, values = [] }, index) => {
    const at = `${path}.matchExpressions[${index}]`;
    const ordered = operator === 'Gt' || operator === 'Lt';
    const single = "must be specified single value when `operator` is 'Lt' or 'Gt'";
    return [
      ...(ordered
        ? values.length === 1
          ? []
          : [requiredField(`${at}.values`, single)]
        : checkOperator(at, operator, values)),
      ...checkQualifiedName(`${at}.key`, key),
      ...(checksValues
        ? values.flatMap((value, item) => invalidFor(`${at}.values[${item}]`, value, labelValueErrors(value)))
        : []),
    ];
  });
  const fields = (term.matchFields ?? []).flatMap(({ key, operator, values = [] }, index) =>
    checkFieldRequirement(`${path}.matchFields[${index}]`, key, operator, values),
  );
  return [...expressions, ...fields];
}

function checkFieldRequirement(path: string, key: string, operator: string, values: readonly string[]): FieldError[] {
  const errors: FieldError[] = [];
  if (operator !== 'In' && operator !== 'NotIn') {
    errors.push(invalidField(`${path}.operator`, operator, 'not a valid selector operator'));
  } else if (values.length !== 1) {
    const rule = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector";
    errors.push(requiredField(`${path}.values`, rule));
  }
  if (key !== 'metadata.name') return [...errors, invalidField(`${path}.key`, key, 'not a valid field selector key')];
  const names = values.flatMap((value, index) =>
    invalidFor(`${path}.values[${index}]`, value, dns1123SubdomainErrors(value)),
  );
  return [...errors, ...names];
}

function checkPodTerms(
  path: string,
  affinity: { [requiredTerms]?: PodTerm[]; [preferredTerms]?: WeightedTerm[] } | undefined,
): FieldError[] {
  return [
    ...(affinity?.[requiredTerms] ?? []).flatMap((term, index) =>
      checkPodTerm(`${path}.${requiredTerms}[${index}]`, term),
    ),
    ...(affinity?.[preferredTerms] ?? []).flatMap(({ weight, podAffinityTerm }, index) => {
      const at = `${path}.${preferredTerms}[${index}]`;
      return [...checkWeight(`${at}.weight`, weight), ...checkPodTerm(`${at}.podAffinityTerm`, podAffinityTerm)];
    }),
  ];
}

function checkPodTerm(path: string, term: PodTerm): FieldError[] {
  return [
    ...checkLabelSelector(`${path}.labelSelector`, term.labelSelector),
    ...checkLabelSelector(`${path}.namespaceSelector`, term.namespaceSelector),
    ...(term.namespaces ?? []).flatMap((name) => invalidFor(`${path}.namespace`, name, dns1123LabelErrors(name))),
    ...checkLabelKeys(path, term, term.labelSelector),
    ...(term.topologyKey === '' ? [requiredField(`${path}.topologyKey`, 'can not be empty')] : []),
    ...checkQualifiedName(`${path}.topologyKey`, term.topologyKey),
  ];
}

interface LabelKeys {
  matchLabelKeys?: readonly string[];
  mismatchLabelKeys?: readonly string[];
}

/** Labels whose value is that of the pod itself, beside a selector that must not name them too. */
function checkLabelKeys(path: string, keys: LabelKeys, selector: LabelSelector | undefined): FieldError[] {
  const { matchLabelKeys = [], mismatchLabelKeys = [] } = keys;
  const errors = Object.entries({ matchLabelKeys, mismatchLabelKeys }).flatMap(([field, list]) => {
    const at = `${path}.${field}`;
    if (list.length === 0) return [];
    if (selector === undefined) return [forbiddenField(at, 'must not be specified when labelSelector is not set')];
    return list.flatMap((key, index) => checkQualifiedName(`${at}[${index}]`, key));
  });
  const named = new Set(Object.keys(selector?.matchLabels ?? {}));
  for (const { key } of selector?.matchExpressions ?? []) {
    const index = matchLabelKeys.lastIndexOf(key);
    const rule = 'exists in both matchLabelKeys and labelSelector';
    if (index >= 0 && named.has(key)) errors.push(invalidField(`${path}[${index}]`, key, rule));
    named.add(key);
  }
  matchLabelKeys.forEach((key, index) => {
    const rule = 'exists in both matchLabelKeys and mismatchLabelKeys';
    if (mismatchLabelKeys.includes(key)) errors.push(invalidField(`${path}.matchLabelKeys[${index}]`, key, rule));
  });
  return errors;
}

function checkWeight(path: string, weight: number): FieldError[] {
  return weight > 0 && weight <= 100 ? [] : [invalidField(path, weight, 'must be in the range 1-100')];
}

const taintEffects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

export function checkTolerations(path: string, tolerations: readonly Toleration[] = []): FieldError[] {
  return tolerations.flatMap((toleration, index) => checkToleration(`${path}[${index}]`, toleration));
}

function checkToleration(path: string, toleration: Toleration): FieldError[] {
  const { key = '', operator = '', value = '', effect = '', tolerationSeconds } = toleration;
  const errors = key === '' ? [] : checkQualifiedName(`${path}.key`, key);
  if (key === '' && operator !== 'Exists') {
    const rule = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
    errors.push(invalidField(`${path}.operator`, operator, rule));
  }
  if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
    const rule = "effect must be 'NoExecute' when `tolerationSeconds` is set";
    errors.push(invalidField(`${path}.effect`, effect, rule));
  }
  if (operator === 'Equal' || operator === '') {
    const faults = labelValueErrors(value);
    if (faults.length > 0) errors.push(invalidField(`${path}.operator`, value, faults.join(';')));
  } else if (operator === 'Exists') {
    const rule = "value must be empty when `operator` is 'Exists'";
    if (value !== '') errors.push(invalidField(`${path}.operator`, value, rule));
  } else if (operator === 'Lt' || operator === 'Gt') {
    errors.push(unsupportedField(`${path}.operator`, operator, ['Equal', 'Exists', 'Lt', 'Gt']));
  } else errors.push(unsupportedField(`${path}.operator`, operator, ['Equal', 'Exists']));
  if (effect !== '') errors.push(...checkOneOf(`${path}.effect`, effect, taintEffects));
  return errors;
}

export function checkSpread(path: string, constraints: readonly Spread[] = []): FieldError[] {
  return constraints.flatMap((constraint, index) => {
    const at = `${path}[${index}]`;
    const { maxSkew, topologyKey, whenUnsatisfiable, minDomains, labelSelector } = constraint;
    const errors: FieldError[] =
      maxSkew > 0 ? [] : [invalidField(`${at}.maxSkew`, maxSkew, 'must be greater than zero')];
    if ((topologyKey ?? '') === '') errors.push(requiredField(`${at}.topologyKey`, 'can not be empty'));
    errors.push(...checkOneOf(`${at}.whenUnsatisfiable`, whenUnsatisfiable, ['DoNotSchedule', 'ScheduleAnyway']));
    if (constraints.slice(index + 1).some((other) => sameSpread(other, constraint))) {
      const field = `${at}.{topologyKey, whenUnsatisfiable}`;
      errors.push(duplicateField(field, `{${topologyKey}, ${whenUnsatisfiable}}`));
    }
    if (minDomains !== undefined) {
      if (minDomains <= 0) errors.push(invalidField(`${at}.minDomains`, minDomains, 'must be greater than zero'));
      if (whenUnsatisfiable !== 'DoNotSchedule') {
        const rule = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`;
        errors.push(invalidField(`${at}.minDomains`, minDomains, rule));
      }
    }
    for (const name of ['nodeAffinityPolicy', 'nodeTaintsPolicy'] as const) {
      const policy = constraint[name];
      if (policy !== undefined) errors.push(...checkOneOf(`${at}.${name}`, policy, ['Honor', 'Ignore']));
    }
    errors.push(...checkLabelKeys(at, { matchLabelKeys: constraint.matchLabelKeys ?? [] }, labelSelector));
    return [...errors, ...checkLabelSelector(`${at}.labelSelector`, labelSelector)];
  });
}

const sameSpread = (left: Spread, right: Spread) =>
  left.topologyKey === right.topologyKey && left.whenUnsatisfiable === right.whenUnsatisfiable;
