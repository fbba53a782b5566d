import { type FieldError, forbiddenField, invalidField, unsupportedField } from '@croft/api/field-error';
import { dns1123LabelErrors, dns1123SubdomainErrors } from '@croft/api/names';
import type { StatefulSet } from '@croft/api/types';
import { jsonEqual } from '@croft/foundation/json';
import {
  checkAtMostAll,
  checkCountOrPercent,
  checkNonNegative,
  type IntOrString,
  invalidFor,
  isZeroCount,
} from '../check.ts';
import { ageOf, containerCells, defineTable, nameOf } from '../columns.ts';
import type { KindParts, Writable } from '../define.ts';
import { internalForm } from '../internal-form.ts';
import { printSelector } from '../labels.ts';
import { defaultPodTemplate } from '../pod/defaults.ts';
import { checkPodTemplate } from '../pod/validate-spec.ts';
import { changedTemplateWarnings, claimWarnings } from '../pod/warnings.ts';
import { reviewTemplate } from '../pod-security/admit-standard.ts';
import { defaultClaim } from '../storage/claim.ts';
import { checkAlwaysRestarts } from './deployment.ts';
import { checkSelector, checkSelectorMatches, isBadSelector } from './selector.ts';
import { checkCounts } from './status.ts';

type Spec = NonNullable<StatefulSet['spec']>;

export const statefulSetRules: KindParts<Writable<StatefulSet>> = {
  countsGeneration: true,
  validateName: (name, generated) =>
    generated ? dns1123LabelErrors(name.replace(/-+$/, 'a')) : dns1123LabelErrors(name),
  default({ spec }) {
    if (spec === undefined) return;
    spec.podManagementPolicy ??= 'OrderedReady';
    const strategy = { ...spec.updateStrategy };
    strategy.type ??= 'RollingUpdate';
    if (strategy.type === 'RollingUpdate') strategy.rollingUpdate = { partition: 0, ...strategy.rollingUpdate };
    spec.updateStrategy = strategy;
    spec.persistentVolumeClaimRetentionPolicy = {
      whenDeleted: 'Retain',
      whenScaled: 'Retain',
      ...spec.persistentVolumeClaimRetentionPolicy,
    };
    spec.replicas ??= 1;
    spec.revisionHistoryLimit ??= 10;
    defaultPodTemplate(spec.template);
    for (const claim of spec.volumeClaimTemplates ?? []) {
      defaultClaim(claim);
      (claim as Writable<typeof claim>).status = { phase: 'Pending', ...claim.status };
      claim.apiVersion ??= 'v1' as never;
      claim.kind ??= 'PersistentVolumeClaim' as never;
    }
  },
  validate: ({ spec }) => (spec === undefined ? [] : checkSpec('spec', spec)),
  validateUpdate: ({ spec }, old) => [
    ...(spec === undefined ? [] : checkSpec('spec', spec)),
    ...checkUnchanged(spec, old.spec),
  ],
  validateStatusUpdate: ({ status }) =>
    checkCounts(
      status,
      [
        'replicas',
        'readyReplicas',
        'currentReplicas',
        'updatedReplicas',
        'availableReplicas',
        'observedGeneration',
        'collisionCount',
      ],
      ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'],
      'status.readyReplicas',
    ),
  review: (set, _, lookup) => reviewTemplate(set, set.spec?.template, lookup),
  warnings: (set, old) => [
    ...changedTemplateWarnings('spec.template', set.spec?.template, set, old),
    ...(set.spec?.volumeClaimTemplates ?? []).flatMap((claim, index) =>
      claimWarnings(`spec.volumeClaimTemplates[${index}].spec`, claim.spec),
    ),
    ...((set.spec?.revisionHistoryLimit ?? 0) < 0 ? [historyWarning] : []),
  ],
  table: defineTable<StatefulSet>('Name*,Ready,Age,+Containers,+Images', (set, nowMs) => [
    nameOf(set),
    `${set.status?.readyReplicas ?? 0}/${set.spec?.replicas ?? 0}`,
    ageOf(set, nowMs),
    ...containerCells(set.spec?.template.spec),
  ]),
};

const historyWarning =
  'spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended';

const changeable = [
  'replicas',
  'template',
  'updateStrategy',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
  'ordinals',
  'revisionHistoryLimit',
];

function checkUnchanged(spec: Spec | undefined, old: Spec | undefined): FieldError[] {
  const rest = (value: Spec | undefined) =>
    Object.fromEntries(Object.entries(value ?? {}).filter(([field]) => !changeable.includes(field)));
  if (jsonEqual(rest(spec), rest(old))) return [];
  const rule =
    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";
  return [forbiddenField('spec', rule)];
}

function checkSpec(path: string, spec: Spec): FieldError[] {
  return [
    ...checkPolicies(path, spec),
    ...checkNonNegative(`${path}.replicas`, spec.replicas),
    ...checkNonNegative(`${path}.minReadySeconds`, spec.minReadySeconds),
    ...checkNonNegative(`${path}.ordinals.start`, spec.ordinals?.start),
    ...(spec.serviceName
      ? invalidFor(`${path}.serviceName`, spec.serviceName, dns1123SubdomainErrors(spec.serviceName))
      : []),
    ...checkSelector(`${path}.selector`, spec.selector, 'empty selector is invalid for statefulset'),
    ...(isBadSelector(spec.selector)
      ? [invalidField(`${path}.selector`, printSelector(spec.selector), '')]
      : [
          ...checkSelectorMatches(`${path}.template`, spec.selector, spec.template),
          ...checkPodTemplate(`${path}.template`, withClaimVolumes(spec)),
        ]),
    ...checkAlwaysRestarts(`${path}.template`, spec.template.spec?.restartPolicy),
    ...(spec.template.spec?.activeDeadlineSeconds === undefined
      ? []
      : [
          forbiddenField(
            `${path}.template.spec.activeDeadlineSeconds`,
            'activeDeadlineSeconds in StatefulSet is not Supported',
          ),
        ]),
  ];
}

/** Each claim template is a volume of the Pods, in place of one of the same name. */
function withClaimVolumes({ template, volumeClaimTemplates = [] }: Spec): Spec['template'] {
  const claims = volumeClaimTemplates.map(({ metadata }) => ({ name: metadata?.name ?? '', emptyDir: {} }));
  if (claims.length === 0 || template.spec === undefined) return template;
  const others = (template.spec.volumes ?? []).filter(({ name }) => !claims.some((claim) => claim.name === name));
  return { ...template, spec: { ...template.spec, volumes: [...others, ...claims] } };
}

function checkPolicies(path: string, spec: Spec): FieldError[] {
  const errors: FieldError[] = [];
  const policy = spec.podManagementPolicy ?? '';
  if (policy !== 'OrderedReady' && policy !== 'Parallel') {
    errors.push(invalidField(`${path}.podManagementPolicy`, policy, "must be 'OrderedReady' or 'Parallel'"));
  }
  const { type, rollingUpdate } = spec.updateStrategy ?? {};
  const at = `${path}.updateStrategy`;
  if (type === 'OnDelete') {
    if (rollingUpdate !== undefined) {
      const rule = "only allowed for updateStrategy 'RollingUpdate'";
      const shown = internalForm('apps.v1.RollingUpdateStatefulSetStrategy', rollingUpdate);
      errors.push(invalidField(`${at}.rollingUpdate`, shown, rule));
    }
  } else if (type !== 'RollingUpdate') {
    errors.push(invalidField(at, { Type: type ?? '', RollingUpdate: null }, "must be 'RollingUpdate' or 'OnDelete'"));
  } else if (rollingUpdate !== undefined) {
    errors.push(...checkNonNegative(`${at}.rollingUpdate.partition`, rollingUpdate.partition));
    const most = rollingUpdate.maxUnavailable as IntOrString | undefined;
    if (most !== undefined) errors.push(...checkUnavailable(`${at}.rollingUpdate.maxUnavailable`, most));
  }
  const kept = spec.persistentVolumeClaimRetentionPolicy;
  for (const name of ['whenDeleted', 'whenScaled'] as const) {
    const value = kept?.[name] ?? 'Retain';
    if (value !== 'Retain' && value !== 'Delete') {
      errors.push(
        unsupportedField(`${path}.persistentVolumeClaimRetentionPolicy.${name}`, value, ['Retain', 'Delete']),
      );
    }
  }
  return errors;
}

function checkUnavailable(path: string, most: IntOrString): FieldError[] {
  const errors = checkCountOrPercent(path, most);
  if (isZeroCount(most)) errors.push(invalidField(path, most, 'cannot be 0'));
  return [...errors, ...checkAtMostAll(path, most)];
}
