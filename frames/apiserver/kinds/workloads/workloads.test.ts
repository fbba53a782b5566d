import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatFieldErrors } from '@croft/api/field-error';
import type { UnknownObject } from '@croft/api/object';
import { systemUser } from '../../user.ts';
import { findKindRules } from '../rules.ts';
import { cronScheduleError } from './cron-schedule.ts';

const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx:1' }] } };

function made(group: string, plural: string, spec: object): UnknownObject {
  const rules = findKindRules(group, 'v1', plural);
  assert.ok(rules !== undefined);
  const { object } = rules.decode({ metadata: { name: 'w', uid: 'u-1' }, spec });
  rules.default(object);
  rules.prepareForCreate?.(object, systemUser);
  return object;
}

const faults = (group: string, plural: string, object: UnknownObject, old?: UnknownObject) => {
  const rules = findKindRules(group, 'v1', plural);
  return formatFieldErrors((old === undefined ? rules?.validate(object) : rules?.validateUpdate(object, old)) ?? []);
};

test('rolls a Deployment out by quarters unless told otherwise', () => {
  const { spec, status } = made('apps', 'deployments', { selector: { matchLabels: { app: 'web' } }, template });
  assert.deepEqual((spec as { strategy: unknown }).strategy, {
    type: 'RollingUpdate',
    rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' },
  });
  assert.deepEqual(status, {});
});

test('refuses a selector that does not find its own pods', () => {
  const object = made('apps', 'deployments', { selector: { matchLabels: { x: 'y' } }, template });
  assert.match(
    faults('apps', 'deployments', object),
    /spec\.template\.metadata\.labels: Invalid value: \{"app":"web"\}/,
  );
});

test('keeps the selector of a workload as it was', () => {
  const old = made('apps', 'deployments', { selector: { matchLabels: { app: 'web' } }, template });
  const now = structuredClone(old);
  (now.spec as { selector: unknown }).selector = { matchLabels: { app: 'web' }, matchExpressions: [] };
  assert.match(faults('apps', 'deployments', now, old), /spec\.selector: .*field is immutable$/);
});

test('marks the pods of a Job with its uid, and lets no other selector be', () => {
  const spec = { template: { spec: { containers: [{ name: 'c', image: 'x' }], restartPolicy: 'Never' } } };
  const job = made('batch', 'jobs', spec);
  assert.equal(faults('batch', 'jobs', job), '[]');
  assert.deepEqual((job.spec as { selector: unknown }).selector, {
    matchLabels: { 'batch.kubernetes.io/controller-uid': 'u-1' },
  });
  const other = made('batch', 'jobs', { ...spec, selector: { matchLabels: { a: 'b' } } });
  assert.match(faults('batch', 'jobs', other), /`selector` not auto-generated/);
});

test('lets a StatefulSet change only what can be rolled out', () => {
  const spec = { serviceName: 's', selector: { matchLabels: { app: 'web' } }, template };
  const old = made('apps', 'statefulsets', spec);
  const scaled = made('apps', 'statefulsets', { ...spec, replicas: 3 });
  const renamed = made('apps', 'statefulsets', { ...spec, serviceName: 't' });
  assert.equal(faults('apps', 'statefulsets', scaled, old), '[]');
  assert.match(faults('apps', 'statefulsets', renamed, old), /^spec: Forbidden: updates to statefulset spec/);
});

test('compares no labels with a selector that cannot be used', () => {
  const selector = { matchExpressions: [{ key: 'app', operator: 'In' }] };
  assert.match(
    faults('apps', 'deployments', made('apps', 'deployments', { selector, template })),
    /values: Required value: .*, spec\.selector: Invalid value: .*: invalid label selector\]$/,
  );
  assert.equal(
    faults('apps', 'daemonsets', made('apps', 'daemonsets', { template })),
    'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
  );
});

const jobTemplate = { spec: { containers: [{ name: 'c', image: 'x' }], restartPolicy: 'Never' } };

for (const [spec, fault] of [
  [
    { podFailurePolicy: { rules: [{}] } },
    '[spec.podFailurePolicy.rules[0].action: Required value: valid values: ["Count" "FailIndex" "FailJob" "Ignore"], spec.podFailurePolicy.rules[0]: Invalid value: specifying one of OnExitCodes and OnPodConditions is required]',
  ],
  [
    { completions: 3, completionMode: 'Indexed', successPolicy: { rules: [{ succeededCount: 4 }] } },
    'spec.successPolicy.rules[0].succeededCount: Invalid value: 4: must be less than or equal to 3 (the number of specified completions)',
  ],
  [
    { completions: 3, completionMode: 'Indexed', backoffLimitPerIndex: 1, maxFailedIndexes: 5 },
    'spec.maxFailedIndexes: Invalid value: 5: must be less than or equal to completions',
  ],
  [
    { podReplacementPolicy: 'Never' },
    'spec.podReplacementPolicy: Unsupported value: "Never": supported values: "Failed", "TerminatingOrFailed"',
  ],
  [{ managedBy: 'me' }, 'spec.managedBy: Invalid value: "me": must be a domain-prefixed path (such as "acme.io/foo")'],
] as const) {
  test(`refuses a Job with ${JSON.stringify(spec)}`, () => {
    assert.equal(faults('batch', 'jobs', made('batch', 'jobs', { template: jobTemplate, ...spec })), fault);
  });
}

test('an indexed Job grows only with its parallelism', () => {
  const job = (completions: number, parallelism: number) =>
    made('batch', 'jobs', { template: jobTemplate, completionMode: 'Indexed', completions, parallelism });
  assert.equal(faults('batch', 'jobs', job(5, 5), job(3, 3)), '[]');
  assert.match(faults('batch', 'jobs', job(5, 3), job(3, 3)), /can only be modified in tandem with spec\.parallelism$/);
});

test('knows time zones as they are written', () => {
  const cron = (timeZone: string) =>
    faults(
      'batch',
      'cronjobs',
      made('batch', 'cronjobs', { schedule: '@daily', timeZone, jobTemplate: { spec: { template: jobTemplate } } }),
    );
  assert.deepEqual(['Europe/Berlin', 'UTC'].map(cron), ['[]', '[]']);
  for (const zone of ['europe/berlin', '+02:00']) {
    assert.equal(cron(zone), `spec.timeZone: Invalid value: "${zone}": unknown time zone ${zone}`);
  }
});

for (const [schedule, fault] of [
  ['*/5 * * * *', undefined],
  ['0 0 1-15/2 jan,mar mon-fri', undefined],
  ['@daily', undefined],
  ['@every 1h30m', undefined],
  ['nope', 'expected exactly 5 fields, found 1: [nope]'],
  ['60 * * * *', 'end of range (60) above maximum (59): 60'],
  ['5-1 * * * *', 'beginning of range (5) beyond end of range (1): 5-1'],
  ['*/0 * * * *', 'step of range should be a positive number: */0'],
] as const) {
  test(`reads the schedule "${schedule}"`, () => assert.equal(cronScheduleError(schedule), fault));
}
