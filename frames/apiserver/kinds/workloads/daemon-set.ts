import { type FieldError, forbiddenField, invalidField, requiredField, unsupportedField } from '@croft/api/field-error';
import type { DaemonSet } from '@croft/api/types';
import { jsonEqual } from '@croft/foundation/json';
import { checkAtMostAll, checkCountOrPercent, checkNonNegative, type IntOrString, isZeroCount } from '../check.ts';
import { ageOf, containerCells, defineTable, nameOf } from '../columns.ts';
import type { KindParts, Writable } from '../define.ts';
import { internalForm } from '../internal-form.ts';
import { checkLabelSelector, formatSelector, isEmptySelector, printSelector, selectorMatches } from '../labels.ts';
import { defaultPodTemplate } from '../pod/defaults.ts';
import { checkPodTemplate } from '../pod/validate-spec.ts';
import { changedTemplateWarnings } from '../pod/warnings.ts';
import { reviewTemplate } from '../pod-security/admit-standard.ts';
import { checkAlwaysRestarts } from './deployment.ts';
import { checkSelectorUnchanged, printLabels } from './selector.ts';
import { checkCounts } from './status.ts';

type Spec = NonNullable<DaemonSet['spec']>;

const generationKey = 'deprecated.daemonset.template.generation';

export const daemonSetRules: KindParts<Writable<DaemonSet>> = {
  countsGeneration: true,
  default({ spec }) {
    if (spec === undefined) return;
    spec.revisionHistoryLimit ??= 10;
    const strategy = { ...spec.updateStrategy };
    strategy.type ??= 'RollingUpdate';
    if (strategy.type === 'RollingUpdate') {
      strategy.rollingUpdate = { maxUnavailable: 1, maxSurge: 0, ...strategy.rollingUpdate };
    }
    spec.updateStrategy = strategy;
    defaultPodTemplate(spec.template);
  },
  prepareForCreate: (daemonSet) => writeTemplateGeneration(daemonSet, 1),
  prepareForUpdate(daemonSet, old) {
    const before = Number(old.metadata?.annotations?.[generationKey] ?? 0);
    const changed = !jsonEqual(daemonSet.spec?.template, old.spec?.template);
    writeTemplateGeneration(daemonSet, changed ? before + 1 : before);
  },
  validate: ({ spec }) => (spec === undefined ? [] : checkSpec('spec', spec)),
  validateUpdate: ({ spec }, old) => [
    ...(spec === undefined ? [] : checkSpec('spec', spec)),
    ...checkSelectorUnchanged('spec.selector', spec?.selector, old.spec?.selector),
  ],
  validateStatusUpdate: ({ status }) =>
    checkCounts(
      status,
      [
        'currentNumberScheduled',
        'numberMisscheduled',
        'desiredNumberScheduled',
        'numberReady',
        'observedGeneration',
        'updatedNumberScheduled',
        'numberAvailable',
        'numberUnavailable',
        'collisionCount',
      ],
      [],
    ),
  review: (set, _, lookup) => reviewTemplate(set, set.spec?.template, lookup),
  warnings: (set, old) => changedTemplateWarnings('spec.template', set.spec?.template, set, old),
  table: defineTable<DaemonSet>(
    'Name*,Desired:integer,Current:integer,Ready:integer,Up-to-date:integer,Available:integer,Node Selector,Age,+Containers,+Images,+Selector',
    (set, nowMs) => [
      nameOf(set),
      set.status?.desiredNumberScheduled ?? 0,
      set.status?.currentNumberScheduled ?? 0,
      set.status?.numberReady ?? 0,
      set.status?.updatedNumberScheduled ?? 0,
      set.status?.numberAvailable ?? 0,
      formatSelector({ matchLabels: set.spec?.template.spec?.nodeSelector ?? {} }),
      ageOf(set, nowMs),
      ...containerCells(set.spec?.template.spec),
      formatSelector(set.spec?.selector),
    ],
  ),
};

function writeTemplateGeneration(daemonSet: DaemonSet, generation: number): void {
  const metadata = daemonSet.metadata;
  if (metadata === undefined || generation === 0) return;
  metadata.annotations = { ...metadata.annotations, [generationKey]: String(generation) };
}

function checkSpec(path: string, spec: Spec): FieldError[] {
  const selector = spec.selector as Spec['selector'] | null;
  const template = spec.template;
  const labels = template.metadata?.labels ?? {};
  const at = `${path}.template`;
  const errors = checkLabelSelector(`${path}.selector`, selector);
  if (errors.length === 0 && !selectorMatches(selector, labels)) {
    const rule = '`selector` does not match template `labels`';
    errors.push(invalidField(`${at}.metadata.labels`, printLabels(template.metadata?.labels), rule));
  }
  if (selector && isEmptySelector(selector)) {
    const rule = 'empty selector is invalid for daemonset';
    errors.push(invalidField(`${path}.selector`, printSelector(selector), rule));
  }
  errors.push(...checkPodTemplate(at, template));
  errors.push(...checkAlwaysRestarts(at, template.spec?.restartPolicy));
  if (template.spec?.activeDeadlineSeconds !== undefined) {
    const rule = 'activeDeadlineSeconds in DaemonSet is not Supported';
    errors.push(forbiddenField(`${at}.spec.activeDeadlineSeconds`, rule));
  }
  errors.push(...checkNonNegative(`${path}.minReadySeconds`, spec.minReadySeconds));
  errors.push(...checkStrategy(`${path}.updateStrategy`, spec.updateStrategy ?? {}));
  return [...errors, ...checkNonNegative(`${path}.revisionHistoryLimit`, spec.revisionHistoryLimit)];
}

function checkStrategy(path: string, strategy: NonNullable<Spec['updateStrategy']>): FieldError[] {
  if (strategy.type === 'OnDelete') return [];
  if (strategy.type !== 'RollingUpdate') {
    const shown = internalForm('apps.v1.DaemonSetUpdateStrategy', strategy);
    return [unsupportedField(path, shown, ['RollingUpdate', 'OnDelete'])];
  }
  const at = `${path}.rollingUpdate`;
  const { maxUnavailable = 0, maxSurge = 0 } = (strategy.rollingUpdate ?? {}) as Record<string, IntOrString>;
  const errors = [
    ...checkCountOrPercent(`${at}.maxUnavailable`, maxUnavailable),
    ...checkCountOrPercent(`${at}.maxSurge`, maxSurge),
    ...checkAtMostAll(`${at}.maxUnavailable`, maxUnavailable),
    ...checkAtMostAll(`${at}.maxSurge`, maxSurge),
  ];
  const [noneUnavailable, noSurge] = [isZeroCount(maxUnavailable), isZeroCount(maxSurge)];
  if (!noneUnavailable && !noSurge) {
    errors.push(invalidField(`${at}.maxSurge`, maxSurge, 'may not be set when maxUnavailable is non-zero'));
  } else if (noneUnavailable && noSurge) {
    errors.push(requiredField(`${at}.maxUnavailable`, 'cannot be 0 when maxSurge is 0'));
  }
  return errors;
}
