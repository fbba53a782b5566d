import { type FieldError, invalidField, requiredField, unsupportedField } from '@croft/api/field-error';
import type { Job } from '@croft/api/types';

type Spec = NonNullable<Job['spec']>;
type Rule = NonNullable<Spec['podFailurePolicy']>['rules'][number];

const actions = ['Count', 'FailIndex', 'FailJob', 'Ignore'];

/** What a failed pod means for its job. */
export function checkPodFailurePolicy(path: string, spec: Spec): FieldError[] {
  return (spec.podFailurePolicy?.rules ?? []).flatMap((rule, index) =>
    checkRule(`${path}.podFailurePolicy.rules[${index}]`, rule, spec),
  );
}

function checkRule(path: string, rule: Rule, spec: Spec): FieldError[] {
  const errors: FieldError[] = [];
  const { action, onExitCodes } = rule;
  const onPodConditions = rule.onPodConditions ?? [];
  if ((action ?? '') === '') errors.push(requiredField(`${path}.action`, `valid values: ${quoted(actions)}`));
  else if (!actions.includes(action)) errors.push(unsupportedField(`${path}.action`, action, actions));
  else if (action === 'FailIndex' && spec.backoffLimitPerIndex === undefined) {
    errors.push(invalidField(`${path}.action`, action, 'requires the backoffLimitPerIndex to be set'));
  }
  if (onExitCodes !== undefined) errors.push(...checkExitCodes(`${path}.onExitCodes`, onExitCodes, spec));
  onPodConditions.forEach((pattern, index) => {
    const at = `${path}.onPodConditions[${index}].status`;
    const statuses = ['False', 'True', 'Unknown'];
    if (!statuses.includes(pattern.status)) errors.push(unsupportedField(at, pattern.status, statuses));
  });
  const given = onExitCodes !== undefined;
  if (given && onPodConditions.length > 0) {
    errors.push(invalidField(path, '', 'specifying both OnExitCodes and OnPodConditions is not supported'));
  }
  if (!given && onPodConditions.length === 0) {
    errors.push(invalidField(path, '', 'specifying one of OnExitCodes and OnPodConditions is required'));
  }
  return errors;
}

function checkExitCodes(path: string, codes: NonNullable<Rule['onExitCodes']>, spec: Spec): FieldError[] {
  const errors: FieldError[] = [];
  const { operator, containerName } = codes;
  const values = codes.values ?? [];
  if (operator !== 'In' && operator !== 'NotIn') {
    errors.push(unsupportedField(`${path}.operator`, operator, ['In', 'NotIn']));
  }
  if (containerName !== undefined) {
    const pod = spec.template.spec;
    const known = [...(pod?.containers ?? []), ...(pod?.initContainers ?? [])].some(
      ({ name }) => name === containerName,
    );
    if (!known)
      errors.push(
        invalidField(
          `${path}.containerName`,
          containerName,
          'must be one of the container or initContainer names in the pod template',
        ),
      );
  }
  if (values.length === 0) errors.push(invalidField(`${path}.values`, [], 'at least one value is required'));
  values.forEach((value, index) => {
    const at = `${path}.values[${index}]`;
    if (operator === 'In' && value === 0) errors.push(invalidField(at, value, 'must not be 0 for the In operator'));
    if (values.indexOf(value) < index) {
      errors.push({ type: 'FieldValueDuplicate', field: at, badValue: value, detail: '' });
    } else if (index > 0 && (values[index - 1] ?? value) > value) {
      errors.push(invalidField(`${path}.values`, values, 'must be ordered'));
    }
  });
  return errors;
}

const quoted = (texts: readonly string[]) => texts.map((text) => JSON.stringify(text)).join(', ');
