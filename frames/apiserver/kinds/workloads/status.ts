import { type FieldError, invalidField } from '@croft/api/field-error';
import { checkNonNegative } from '../check.ts';

type Counts = Readonly<Record<string, unknown>>;

const number = (status: Counts, name: string) => {
  const value = status[name];
  return typeof value === 'number' ? value : 0;
};

/** The counts of a workload's status: none negative, none of `parts` above the replicas there are. `ready` is how errors call those. */
export function checkCounts(
  status: object | undefined,
  names: readonly string[],
  parts: readonly string[],
  ready = 'readyReplicas',
): FieldError[] {
  const counts = (status ?? {}) as Counts;
  const errors = names.flatMap((name) => checkNonNegative(`status.${name}`, number(counts, name)));
  const replicas = number(counts, 'replicas');
  for (const part of parts) {
    const value = number(counts, part);
    if (value > replicas) {
      errors.push(invalidField(`status.${part}`, value, 'cannot be greater than status.replicas'));
    }
  }
  const available = number(counts, 'availableReplicas');
  if (names.includes('availableReplicas') && available > number(counts, 'readyReplicas')) {
    errors.push(invalidField('status.availableReplicas', available, `cannot be greater than ${ready}`));
  }
  return errors;
}
