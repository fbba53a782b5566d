import { type FieldError, forbiddenField, invalidField, requiredField } from '@croft/api/field-error';
import type { ReplicaSet } from '@croft/api/types';
import { checkNonNegative } from '../check.ts';
import { ageOf, containerCells, defineTable, nameOf } from '../columns.ts';
import type { KindParts, Writable } from '../define.ts';
import { checkLabelSelector, formatSelector, isEmptySelector, printSelector } from '../labels.ts';
import { defaultPodTemplate } from '../pod/defaults.ts';
import { checkPodTemplate } from '../pod/validate-spec.ts';
import { changedTemplateWarnings, hostNameWarnings } from '../pod/warnings.ts';
import { reviewTemplate } from '../pod-security/admit-standard.ts';
import { checkAlwaysRestarts } from './deployment.ts';
import { checkSelectorMatches, checkSelectorUnchanged, isBadSelector } from './selector.ts';
import { checkCounts } from './status.ts';

type Spec = NonNullable<ReplicaSet['spec']>;

export const replicaSetRules: KindParts<Writable<ReplicaSet>> = {
  countsGeneration: true,
  default({ spec }) {
    if (spec === undefined) return;
    spec.replicas ??= 1;
    if (spec.template !== undefined) defaultPodTemplate(spec.template);
  },
  validate: ({ spec }) => (spec === undefined ? [] : checkSpec('spec', spec)),
  validateUpdate: ({ spec }, old) => [
    ...(spec === undefined ? [] : checkSpec('spec', spec)),
    ...checkSelectorUnchanged('spec.selector', spec?.selector, old.spec?.selector),
  ],
  validateStatusUpdate: ({ status }) =>
    checkCounts(
      status,
      ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration'],
      ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'],
    ),
  review: (set, _, lookup) => reviewTemplate(set, set.spec?.template, lookup),
  warnings: (set, old) => [
    ...(old === undefined ? hostNameWarnings(nameOf(set)) : []),
    ...changedTemplateWarnings('spec.template', set.spec?.template, set, old),
  ],
  selectableFields: ({ status }) => ({ 'status.replicas': String(status?.replicas ?? 0) }),
  table: defineTable<ReplicaSet>(
    'Name*,Desired:integer,Current:integer,Ready:integer,Age,+Containers,+Images,+Selector',
    (set, nowMs) => [
      nameOf(set),
      set.spec?.replicas ?? 0,
      set.status?.replicas ?? 0,
      set.status?.readyReplicas ?? 0,
      ageOf(set, nowMs),
      ...containerCells(set.spec?.template?.spec),
      formatSelector(set.spec?.selector),
    ],
  ),
};

function checkSpec(path: string, spec: Spec): FieldError[] {
  const errors = [
    ...checkNonNegative(`${path}.replicas`, spec.replicas),
    ...checkNonNegative(`${path}.minReadySeconds`, spec.minReadySeconds),
  ];
  const selector = spec.selector as Spec['selector'] | null;
  if (selector === null || selector === undefined) errors.push(requiredField(`${path}.selector`));
  else {
    errors.push(...checkLabelSelector(`${path}.selector`, selector));
    if (isEmptySelector(selector)) {
      const rule = 'empty selector is invalid for deployment';
      errors.push(invalidField(`${path}.selector`, printSelector(selector), rule));
    }
  }
  if (isBadSelector(selector)) {
    return [...errors, invalidField(`${path}.selector`, printSelector(selector), 'invalid label selector')];
  }
  const template = spec.template;
  if (template === undefined) return errors;
  const at = `${path}.template`;
  return [
    ...errors,
    ...checkSelectorMatches(at, selector, template),
    ...checkPodTemplate(at, template),
    ...checkAlwaysRestarts(at, template.spec?.restartPolicy),
    ...(template.spec?.activeDeadlineSeconds === undefined
      ? []
      : [forbiddenField(`${at}.spec.activeDeadlineSeconds`, 'activeDeadlineSeconds in ReplicaSet is not Supported')]),
  ];
}
