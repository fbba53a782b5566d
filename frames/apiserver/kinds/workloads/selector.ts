import { type FieldError, invalidField, requiredField } from '@croft/api/field-error';
import type { LabelSelector, PodTemplateSpec } from '@croft/api/types';
import { jsonEqual } from '@croft/foundation/json';
import { sortedMap } from '../check.ts';
import { checkLabelSelector, isEmptySelector, printSelector, selectorMatches } from '../labels.ts';

type Selector = LabelSelector | null | undefined;

/** The labels of a template as errors print them; null when there are none. */
export function printLabels(labels: Readonly<Record<string, string>> | undefined): unknown {
  return labels === undefined ? null : sortedMap(labels);
}

/** That a workload has a selector which is not empty. */
export function checkSelector(path: string, selector: Selector, emptyRule: string): FieldError[] {
  if (selector === null || selector === undefined) return [requiredField(path)];
  const errors = checkLabelSelector(path, selector);
  return isEmptySelector(selector) ? [...errors, invalidField(path, printSelector(selector), emptyRule)] : errors;
}

/** That the template's pods are those which the selector finds. */
export function checkSelectorMatches(
  path: string,
  selector: Selector,
  template: PodTemplateSpec | undefined,
): FieldError[] {
  const labels = template?.metadata?.labels;
  if (selector !== null && selector !== undefined) {
    if (isEmptySelector(selector) || selectorMatches(selector, labels ?? {})) return [];
  }
  return [invalidField(`${path}.metadata.labels`, printLabels(labels), '`selector` does not match template `labels`')];
}

/** Whether a selector cannot be used at all, so that there is nothing to compare with it. */
export function isBadSelector(selector: Selector): boolean {
  return checkLabelSelector('', selector).length > 0;
}

export function checkSelectorUnchanged(path: string, selector: Selector, old: Selector): FieldError[] {
  return jsonEqual(selector ?? null, old ?? null)
    ? []
    : [invalidField(path, printSelector(selector), 'field is immutable')];
}
