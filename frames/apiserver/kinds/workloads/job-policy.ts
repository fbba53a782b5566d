import {
  duplicateField,
  type FieldError,
  invalidField,
  omitted,
  requiredField,
  tooManyInField,
} from '@croft/api/field-error';
import type { Job } from '@croft/api/types';
import { checkNonNegative, checkOneOf, checkQualifiedName } from '../check.ts';

type Spec = NonNullable<Job['spec']>;
type Rule = NonNullable<Spec['podFailurePolicy']>['rules'][number];

const actions = ['Count', 'FailIndex', 'FailJob', 'Ignore'];

/** What a failed pod means for its job. */
export function checkPodFailurePolicy(path: string, spec: Spec): FieldError[] {
  const rules = spec.podFailurePolicy?.rules ?? [];
  const at = `${path}.podFailurePolicy.rules`;
  return [
    ...(rules.length > 20 ? [tooManyInField(at, rules.length, 20)] : []),
    ...rules.flatMap((rule, index) => checkRule(`${at}[${index}]`, rule, spec)),
  ];
}

/** Required, or one of those supported; the first names them as Go prints a list of texts. */
function checkNamed(path: string, value: string | undefined, supported: readonly string[]): FieldError[] {
  if (!value) return [requiredField(path, `valid values: [${supported.map((one) => JSON.stringify(one)).join(' ')}]`)];
  return checkOneOf(path, value, supported);
}

function checkRule(path: string, rule: Rule, spec: Spec): FieldError[] {
  const { action, onExitCodes } = rule;
  const onPodConditions = rule.onPodConditions ?? [];
  const errors = checkNamed(`${path}.action`, action, actions);
  if (action === 'FailIndex' && spec.backoffLimitPerIndex === undefined) {
    errors.push(invalidField(`${path}.action`, action, 'requires the backoffLimitPerIndex to be set'));
  }
  if (onExitCodes !== undefined) errors.push(...checkExitCodes(`${path}.onExitCodes`, onExitCodes, spec));
  if (onPodConditions.length > 20) {
    errors.push(tooManyInField(`${path}.onPodConditions`, onPodConditions.length, 20));
  }
  onPodConditions.forEach(({ type, status }, index) => {
    const at = `${path}.onPodConditions[${index}]`;
    errors.push(...checkQualifiedName(`${at}.type`, type ?? ''));
    errors.push(...checkNamed(`${at}.status`, status, ['False', 'True', 'Unknown']));
  });
  const given = onExitCodes !== undefined;
  if (given && onPodConditions.length > 0) {
    errors.push(invalidField(path, omitted, 'specifying both OnExitCodes and OnPodConditions is not supported'));
  }
  if (!given && onPodConditions.length === 0) {
    errors.push(invalidField(path, omitted, 'specifying one of OnExitCodes and OnPodConditions is required'));
  }
  return errors;
}

function checkExitCodes(path: string, codes: NonNullable<Rule['onExitCodes']>, spec: Spec): FieldError[] {
  const { operator, containerName } = codes;
  const values = codes.values ?? [];
  const errors = checkNamed(`${path}.operator`, operator, ['In', 'NotIn']);
  const pod = spec.template.spec;
  const names = [...(pod?.containers ?? []), ...(pod?.initContainers ?? [])].map(({ name }) => name);
  if (containerName !== undefined && !names.includes(containerName)) {
    const rule = 'must be one of the container or initContainer names in the pod template';
    errors.push(invalidField(`${path}.containerName`, containerName, rule));
  }
  const at = `${path}.values`;
  if (values.length === 0) errors.push(invalidField(at, null, 'at least one value is required'));
  if (values.length > 255) errors.push(tooManyInField(at, values.length, 255));
  values.forEach((value, index) => {
    const field = `${at}[${index}]`;
    if (operator === 'In' && value === 0) errors.push(invalidField(field, value, 'must not be 0 for the In operator'));
    if (values.indexOf(value) < index) errors.push(duplicateField(field, value));
  });
  const ordered = values.every((value, index) => index === 0 || (values[index - 1] ?? value) <= value);
  return ordered ? errors : [...errors, invalidField(at, values, 'must be ordered')];
}

interface SuccessRule {
  succeededIndexes?: string;
  succeededCount?: number;
}

/** Which indexes are enough for an Indexed job. */
export function checkSuccessPolicy(path: string, spec: Spec & { successPolicy?: { rules?: SuccessRule[] } }) {
  const { successPolicy: policy, completionMode, completions = 0 } = spec;
  if (policy === undefined) return [];
  const rules = policy.rules ?? [];
  if (completionMode !== 'Indexed') {
    const shown = { Rules: rules.map((rule) => ({ SucceededIndexes: null, SucceededCount: null, ...goNames(rule) })) };
    return [invalidField(path, shown, 'requires indexed completion mode')];
  }
  const at = `${path}.rules`;
  const none = 'at least one rules must be specified when the successPolicy is specified';
  return [
    ...(rules.length === 0 ? [requiredField(at, none)] : []),
    ...(rules.length > 20 ? [tooManyInField(at, rules.length, 20)] : []),
    ...rules.flatMap((rule, index) => checkSuccessRule(`${at}[${index}]`, rule, completions)),
  ];
}

const goNames = ({ succeededIndexes, succeededCount }: SuccessRule) => ({
  ...(succeededIndexes === undefined ? {} : { SucceededIndexes: succeededIndexes }),
  ...(succeededCount === undefined ? {} : { SucceededCount: succeededCount }),
});

function checkSuccessRule(path: string, { succeededIndexes, succeededCount: count }: SuccessRule, completions: number) {
  if (succeededIndexes === undefined && count === undefined) {
    return [requiredField(path, 'at least one of succeededCount or succeededIndexes must be specified')];
  }
  if (count === undefined) return [];
  const at = `${path}.succeededCount`;
  const rule = `must be less than or equal to ${completions} (the number of specified completions)`;
  return [...checkNonNegative(at, count), ...(count > completions ? [invalidField(at, count, rule)] : [])];
}
