import { type FieldError, fieldTooLong, forbiddenField, invalidField, requiredField } from '@croft/api/field-error';
import { labelValueErrors, qualifiedNameErrors } from '@croft/api/names';
import type { LabelSelector } from '@croft/api/types';
import { checkQualifiedName, invalidFor, sortedMap } from './check.ts';

export type Labels = Readonly<Record<string, string>>;

export function checkLabels(path: string, labels: Labels | undefined): FieldError[] {
  return Object.entries(sortedMap(labels ?? {})).flatMap(([key, value]) => [
    ...checkQualifiedName(path, key),
    ...invalidFor(path, value, labelValueErrors(value)),
  ]);
}

const maxAnnotationBytes = 256 * 1024;

export function checkAnnotations(path: string, annotations: Labels | undefined): FieldError[] {
  const entries = Object.entries(sortedMap(annotations ?? {}));
  const errors = entries.flatMap(([key]) => invalidFor(path, key, qualifiedNameErrors(key.toLowerCase())));
  const bytes = entries.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
  return bytes > maxAnnotationBytes ? [...errors, fieldTooLong(path, maxAnnotationBytes)] : errors;
}

export function checkLabelSelector(path: string, selector: LabelSelector | undefined | null): FieldError[] {
  const expressions = selector?.matchExpressions ?? [];
  return [
    ...checkLabels(`${path}.matchLabels`, selector?.matchLabels),
    ...expressions.flatMap((expression, index) => checkRequirement(`${path}.matchExpressions[${index}]`, expression)),
  ];
}

type Requirement = NonNullable<LabelSelector['matchExpressions']>[number];

function checkRequirement(path: string, { key, operator, values = [] }: Requirement): FieldError[] {
  return [
    ...checkOperator(path, operator, values),
    ...checkQualifiedName(`${path}.key`, key),
    ...values.flatMap((value, index) => invalidFor(`${path}.values[${index}]`, value, labelValueErrors(value))),
  ];
}

export function checkOperator(path: string, operator: string, values: readonly string[]): FieldError[] {
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length > 0) return [];
      return [requiredField(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'")];
    case 'Exists':
    case 'DoesNotExist':
      if (values.length === 0) return [];
      return [forbiddenField(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")];
    default:
      return [invalidField(`${path}.operator`, operator, 'not a valid selector operator')];
  }
}

/** Whether a selector without faults matches; an empty one matches everything, an absent one nothing. */
export function selectorMatches(selector: LabelSelector | undefined | null, labels: Labels): boolean {
  if (selector === undefined || selector === null) return false;
  const wanted = Object.entries(selector.matchLabels ?? {});
  return (
    wanted.every(([key, value]) => labels[key] === value) &&
    (selector.matchExpressions ?? []).every((expression) => requirementMatches(expression, labels))
  );
}

function requirementMatches({ key, operator, values = [] }: Requirement, labels: Labels): boolean {
  const value = labels[key];
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    default:
      return value === undefined;
  }
}

export function isEmptySelector(selector: LabelSelector): boolean {
  return Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0;
}

/** The selector as errors print it. */
export function printSelector(selector: LabelSelector | undefined | null): unknown {
  if (selector === undefined || selector === null) return null;
  const { matchLabels, matchExpressions } = selector;
  return {
    ...(matchLabels === undefined ? {} : { matchLabels: sortedMap(matchLabels) }),
    ...(matchExpressions === undefined ? {} : { matchExpressions }),
  };
}

/** As a table shows it: `app=web,tier in (a,b)`, `<none>` when it is empty or absent. */
export function formatSelector(selector: LabelSelector | undefined | null): string {
  if (selector === undefined || selector === null) return '<none>';
  const labels = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => ({ key, text: `${key}=${value}` }));
  const rest = (selector.matchExpressions ?? []).map((expression) => ({
    key: expression.key,
    text: formatRequirement(expression),
  }));
  const parts = [...labels, ...rest].sort((left, right) => (left.key < right.key ? -1 : left.key > right.key ? 1 : 0));
  return parts.length === 0 ? '<none>' : parts.map((part) => part.text).join(',');
}

function formatRequirement({ key, operator, values = [] }: Requirement): string {
  const list = `(${values.toSorted().join(',')})`;
  if (operator === 'In') return `${key} in ${list}`;
  if (operator === 'NotIn') return `${key} notin ${list}`;
  return operator === 'Exists' ? key : `!${key}`;
}
