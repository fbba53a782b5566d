import { type FieldError, forbiddenField, invalidField, requiredField, unsupportedField } from '@croft/api/field-error';
import type { Deployment } from '@croft/api/types';
import {
  checkAtMostAll,
  checkCountOrPercent,
  checkNonNegative,
  type IntOrString,
  isZeroCount,
  percentOf,
} from '../check.ts';
import { ageOf, containerCells, defineTable, nameOf } from '../columns.ts';
import type { KindParts, Writable } from '../define.ts';
import { internalForm } from '../internal-form.ts';
import { formatSelector, printSelector } from '../labels.ts';
import { defaultPodTemplate } from '../pod/defaults.ts';
import { checkPodTemplate } from '../pod/validate-spec.ts';
import { changedTemplateWarnings, hostNameWarnings } from '../pod/warnings.ts';
import { reviewTemplate } from '../pod-security/admit-standard.ts';
import { checkSelector, checkSelectorMatches, checkSelectorUnchanged, isBadSelector } from './selector.ts';
import { checkCounts } from './status.ts';

type Spec = NonNullable<Deployment['spec']>;

export const deploymentRules: KindParts<Writable<Deployment>> = {
  countsGeneration: true,
  default({ spec }) {
    if (spec === undefined) return;
    spec.replicas ??= 1;
    spec.revisionHistoryLimit ??= 10;
    spec.progressDeadlineSeconds ??= 600;
    const strategy = { ...spec.strategy };
    strategy.type ??= 'RollingUpdate';
    if (strategy.type === 'RollingUpdate') {
      strategy.rollingUpdate = { maxSurge: '25%', maxUnavailable: '25%', ...strategy.rollingUpdate };
    }
    spec.strategy = strategy;
    defaultPodTemplate(spec.template);
  },
  validate: ({ spec }) => (spec === undefined ? [] : checkDeploymentSpec('spec', spec)),
  validateUpdate: ({ spec }, old) => [
    ...(spec === undefined ? [] : checkDeploymentSpec('spec', spec)),
    ...checkSelectorUnchanged('spec.selector', spec?.selector, old.spec?.selector),
  ],
  prepareForStatusUpdate(deployment, old) {
    if (old.spec !== undefined) deployment.spec = old.spec;
    const { labels: _, ...metadata } = deployment.metadata ?? {};
    const labels = old.metadata?.labels;
    deployment.metadata = { ...metadata, ...(labels === undefined ? {} : { labels }) };
  },
  validateStatusUpdate: ({ status }) =>
    checkCounts(
      status,
      [
        'observedGeneration',
        'replicas',
        'updatedReplicas',
        'readyReplicas',
        'availableReplicas',
        'unavailableReplicas',
        'collisionCount',
      ],
      ['updatedReplicas', 'readyReplicas', 'availableReplicas'],
    ),
  review: (deployment, _, lookup) => reviewTemplate(deployment, deployment.spec?.template, lookup),
  warnings: (deployment, old) => [
    ...(old === undefined ? hostNameWarnings(nameOf(deployment)) : []),
    ...changedTemplateWarnings('spec.template', deployment.spec?.template, deployment, old),
  ],
  table: defineTable<Deployment>(
    'Name*,Ready,Up-to-date,Available,Age,+Containers,+Images,+Selector',
    (deployment, nowMs) => {
      const { spec, status } = deployment;
      return [
        nameOf(deployment),
        `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`,
        status?.updatedReplicas ?? 0,
        status?.availableReplicas ?? 0,
        ageOf(deployment, nowMs),
        ...containerCells(spec?.template.spec),
        formatSelector(spec?.selector),
      ];
    },
  ),
};

function checkDeploymentSpec(path: string, spec: Spec): FieldError[] {
  const errors = checkNonNegative(`${path}.replicas`, spec.replicas);
  const bad = isBadSelector(spec.selector);
  errors.push(...checkSelector(`${path}.selector`, spec.selector, 'empty selector is invalid for deployment'));
  if (bad) errors.push(invalidField(`${path}.selector`, printSelector(spec.selector), 'invalid label selector'));
  else errors.push(...checkTemplate(`${path}.template`, spec));
  errors.push(...checkStrategy(`${path}.strategy`, spec.strategy ?? {}));
  errors.push(...checkNonNegative(`${path}.minReadySeconds`, spec.minReadySeconds));
  errors.push(...checkNonNegative(`${path}.revisionHistoryLimit`, spec.revisionHistoryLimit));
  const deadline = spec.progressDeadlineSeconds;
  if (deadline !== undefined) {
    const field = `${path}.progressDeadlineSeconds`;
    errors.push(...checkNonNegative(field, deadline));
    if (deadline <= (spec.minReadySeconds ?? 0)) {
      errors.push(invalidField(field, deadline, 'must be greater than minReadySeconds'));
    }
  }
  return errors;
}

function checkTemplate(path: string, spec: Spec): FieldError[] {
  return [
    ...checkSelectorMatches(path, spec.selector, spec.template),
    ...checkPodTemplate(path, spec.template),
    ...checkAlwaysRestarts(path, spec.template.spec?.restartPolicy),
    ...(spec.template.spec?.activeDeadlineSeconds === undefined
      ? []
      : [forbiddenField(`${path}.spec.activeDeadlineSeconds`, 'activeDeadlineSeconds in ReplicaSet is not Supported')]),
  ];
}

/** Pods of a workload that keeps them running have to be restarted. */
export function checkAlwaysRestarts(path: string, policy: string | undefined): FieldError[] {
  if (policy === 'Always' || policy === undefined) return [];
  return [unsupportedField(`${path}.spec.restartPolicy`, policy, ['Always'])];
}

function checkStrategy(path: string, strategy: NonNullable<Spec['strategy']>): FieldError[] {
  const { type, rollingUpdate } = strategy;
  if (type === 'Recreate') {
    if (rollingUpdate === undefined) return [];
    const rule = "may not be specified when strategy `type` is 'Recreate'";
    return [forbiddenField(`${path}.rollingUpdate`, rule)];
  }
  if (type !== 'RollingUpdate') {
    return [
      unsupportedField(path, internalForm('apps.v1.DeploymentStrategy', strategy), ['Recreate', 'RollingUpdate']),
    ];
  }
  const at = `${path}.rollingUpdate`;
  if (rollingUpdate === undefined) return [requiredField(at, 'this should be defaulted and never be nil')];
  const { maxSurge = 0, maxUnavailable = 0 } = rollingUpdate as {
    maxSurge?: IntOrString;
    maxUnavailable?: IntOrString;
  };
  const errors = [
    ...checkCountOrPercent(`${at}.maxUnavailable`, maxUnavailable),
    ...checkCountOrPercent(`${at}.maxSurge`, maxSurge),
  ];
  const unavailableZero = maxUnavailable === 0 || percentOf(maxUnavailable) === 0;
  if (unavailableZero && isZeroCount(maxSurge)) {
    errors.push(invalidField(`${at}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0'));
  }
  return [...errors, ...checkAtMostAll(`${at}.maxUnavailable`, maxUnavailable)];
}
