import { type FieldError, invalidField } from '@croft/api/field-error';
import type { KubeObject } from '@croft/api/object';
import type { LabelSelector } from '@croft/api/types';
import { checkAtMostAll, checkCountOrPercent, checkOneOf, type IntOrString } from '../check.ts';
import { ageOf, defineTable, nameOf } from '../columns.ts';
import type { KindParts } from '../define.ts';
import { internalForm } from '../internal-form.ts';
import { checkLabelSelector } from '../labels.ts';

interface DisruptionBudget extends KubeObject {
  spec?: {
    minAvailable?: IntOrString;
    maxUnavailable?: IntOrString;
    selector?: LabelSelector;
    unhealthyPodEvictionPolicy?: string;
  };
  status?: { disruptionsAllowed?: number };
}

export const disruptionBudgetRules: KindParts<DisruptionBudget> = {
  countsGeneration: true,
  validate: checkBudget,
  table: defineTable<DisruptionBudget>(
    'Name*,Min Available,Max Unavailable,Allowed Disruptions:integer,Age',
    (budget, nowMs) => [
      nameOf(budget),
      String(budget.spec?.minAvailable ?? 'N/A'),
      String(budget.spec?.maxUnavailable ?? 'N/A'),
      budget.status?.disruptionsAllowed ?? 0,
      ageOf(budget, nowMs),
    ],
  ),
};

function checkBudget({ spec = {} }: DisruptionBudget): FieldError[] {
  const errors: FieldError[] = [];
  const { minAvailable, maxUnavailable, unhealthyPodEvictionPolicy: policy } = spec;
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    const shown = internalForm('policy.v1.PodDisruptionBudgetSpec', spec);
    errors.push(invalidField('spec', shown, 'minAvailable and maxUnavailable cannot be both set'));
  }
  for (const [name, value] of Object.entries({ minAvailable, maxUnavailable })) {
    if (value === undefined) continue;
    errors.push(...checkCountOrPercent(`spec.${name}`, value), ...checkAtMostAll(`spec.${name}`, value));
  }
  if (policy !== undefined) {
    errors.push(...checkOneOf('spec.unhealthyPodEvictionPolicy', policy, ['AlwaysAllow', 'IfHealthyBudget']));
  }
  return [...errors, ...checkLabelSelector('spec.selector', spec.selector)];
}
