import { type FieldError, forbiddenField, invalidField, invalidObject } from '@croft/api/field-error';
import { badRequest } from '../failures.ts';

const least = { tailLines: 0, limitBytes: 1, sinceSeconds: 1 };

/** Throws StatusError for what `/log` cannot be asked: 400 for what is no number, 422 for one that makes no sense. */
export function validateLogOptions(query: URLSearchParams, pod: string): void {
  const errors: FieldError[] = Object.entries(least).flatMap(([name, bound]) => {
    const text = query.get(name);
    if (text === null) return [];
    if (!/^[+-]?\d+$/.test(text)) {
      throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
    }
    const value = Number(text);
    if (value >= bound) return [];
    return [invalidField(name, value, bound === 0 ? 'must be greater than or equal to 0' : 'must be greater than 0')];
  });
  if (query.has('sinceSeconds') && query.has('sinceTime')) {
    errors.push(forbiddenField('', 'at most one of `sinceTime` or `sinceSeconds` may be specified'));
  }
  if (errors.length > 0) throw invalidObject({ group: '', kind: 'PodLogOptions' }, pod, errors);
}
