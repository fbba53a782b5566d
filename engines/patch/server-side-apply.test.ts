import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { UnknownObject } from '@croft/api/object';
import type { StatusError } from '@croft/api/status';
import { customFieldType, type FieldType } from '@croft/schema/field-type';
import { configMapType, deploymentType } from './example-types.ts';
import type { ManagedFieldsEntry } from './managed-fields.ts';
import { applyServerSide } from './server-side-apply.ts';
import { updateManagedFields } from './update-managed-fields.ts';

interface Options {
  manager?: string;
  force?: boolean;
  subresource?: string;
  time?: string;
  type?: FieldType;
}

const resetFields = [['status']];
const resetSpec = [['spec']];

function apply(live: UnknownObject | undefined, applied: object, options: Options = {}) {
  const config = applied as UnknownObject;
  return applyServerSide({
    live,
    applied: config,
    manager: 'a',
    type: config.kind === 'Deployment' ? deploymentType : configMapType,
    apiVersion: config.apiVersion ?? '',
    time: 'T1',
    resetFields: options.subresource === 'status' ? resetSpec : resetFields,
    ...options,
  });
}

function update(live: UnknownObject | undefined, next: object, options: Options = {}): UnknownObject {
  const object = next as UnknownObject;
  return updateManagedFields({
    live,
    next: object,
    manager: 'u',
    type: object.kind === 'Deployment' ? deploymentType : configMapType,
    apiVersion: object.apiVersion ?? '',
    time: 'T2',
    resetFields: options.subresource === 'status' ? resetSpec : resetFields,
    ...options,
  });
}

const configMap = (fields: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a' },
  ...fields,
});

const deployment = (spec: object): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec,
});

function owned(object: UnknownObject): Record<string, unknown> {
  const entries = (object.metadata?.managedFields ?? []) as ManagedFieldsEntry[];
  return Object.fromEntries(entries.map((entry) => [`${entry.manager} ${entry.operation}`, entry.fieldsV1]));
}

function times(object: UnknownObject): Record<string, unknown> {
  const entries = (object.metadata?.managedFields ?? []) as ManagedFieldsEntry[];
  return Object.fromEntries(entries.map((entry) => [entry.manager, entry.time]));
}

function conflictOf(run: () => unknown): { message: string | undefined; fields: (string | undefined)[] } {
  try {
    run();
  } catch (error) {
    const { status } = error as StatusError;
    assert.equal(status.code, 409);
    return { message: status.message, fields: (status.details?.causes ?? []).map((cause) => cause.field) };
  }
  return assert.fail('no conflict');
}

test('an apply owns what it names; again it changes nothing, not even the time', () => {
  const first = apply(undefined, configMap({ data: { x: '1' } }));
  assert.deepEqual(first.object, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: 'a',
      managedFields: [
        {
          manager: 'a',
          operation: 'Apply',
          apiVersion: 'v1',
          time: 'T1',
          fieldsType: 'FieldsV1',
          fieldsV1: { 'f:data': { 'f:x': {} } },
        },
      ],
    },
    data: { x: '1' },
  });
  const second = apply(first.object, configMap({ data: { x: '1' } }), { time: 'T9' });
  assert.equal(second.changed, false);
  assert.deepEqual(second.object, first.object);
});

test('what an applier no longer names is removed, with its entry when nothing is left', () => {
  const first = apply(undefined, configMap({ data: { x: '1', y: '2' } })).object;
  const second = apply(first, configMap({ data: { x: '9' } })).object;
  assert.deepEqual(second.data, { x: '9' });
  assert.deepEqual(owned(second), { 'a Apply': { 'f:data': { 'f:x': {} } } });
  const third = apply(second, configMap()).object;
  assert.equal('data' in third, false);
  assert.deepEqual(owned(third), {});
});

test('another applier meets a conflict, and takes the field over by force', () => {
  const live = apply(undefined, configMap({ data: { x: '1', y: '1' } })).object;
  assert.deepEqual(
    conflictOf(() => apply(live, configMap({ data: { x: '2' } }), { manager: 'b' })),
    { message: 'Apply failed with 1 conflict: conflict with "a": .data.x', fields: ['.data.x'] },
  );
  const forced = apply(live, configMap({ data: { x: '2' } }), { manager: 'b', force: true }).object;
  assert.deepEqual(forced.data, { x: '2', y: '1' });
  assert.deepEqual(owned(forced), { 'a Apply': { 'f:data': { 'f:y': {} } }, 'b Apply': { 'f:data': { 'f:x': {} } } });
});

test('several conflicts are listed by manager', () => {
  const one = apply(undefined, configMap({ data: { x: '1', y: '1' } })).object;
  const two = apply(one, configMap({ data: { z: '1' } }), { manager: 'b' }).object;
  const { message, fields } = conflictOf(() =>
    apply(two, configMap({ data: { x: '2', y: '2', z: '2' } }), { manager: 'c' }),
  );
  assert.equal(
    message,
    'Apply failed with 3 conflicts: conflicts with "a":\n- .data.x\n- .data.y\nconflicts with "b":\n- .data.z',
  );
  assert.deepEqual(fields, ['.data.x', '.data.y', '.data.z']);
});

test('equal values are shared; an updater keeps the map it made', () => {
  const live = update(undefined, configMap({ data: { x: '1' } }));
  assert.deepEqual(owned(live), { 'u Update': { 'f:data': { '.': {}, 'f:x': {} } } });
  const shared = apply(live, configMap({ data: { x: '1' } }));
  assert.equal(shared.changed, false);
  assert.deepEqual(times(shared.object), { a: undefined, u: 'T2' });
  assert.equal(
    conflictOf(() => apply(shared.object, configMap({ data: { x: '2' } }))).message,
    'Apply failed with 1 conflict: conflict with "u" using v1: .data.x',
  );
  const forced = apply(shared.object, configMap({ data: { x: '2' } }), { force: true }).object;
  assert.deepEqual(owned(forced), { 'a Apply': { 'f:data': { 'f:x': {} } }, 'u Update': { 'f:data': {} } });
});

test('an update takes changed fields and drops removed ones from all', () => {
  const live = apply(undefined, configMap({ data: { x: '1', y: '1' } })).object;
  const { managedFields } = live.metadata ?? {};
  const next = { ...live, metadata: { name: 'a', managedFields }, data: { x: '2', z: '1' } };
  assert.deepEqual(owned(update(live, next)), { 'u Update': { 'f:data': { 'f:x': {}, 'f:z': {} } } });
});

test('a new object of a built-in kind has the structs that Go has by value', () => {
  const next = deployment({
    replicas: 1,
    selector: { matchLabels: { app: 'web' } },
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'c', image: 'n:1', resources: {} }] },
    },
  });
  assert.deepEqual(owned(update(undefined, { ...next, status: { replicas: 1 } })), {
    'u Update': {
      'f:spec': {
        'f:replicas': {},
        'f:selector': {},
        'f:strategy': { 'f:rollingUpdate': { '.': {}, 'f:maxSurge': {} }, 'f:type': {} },
        'f:template': {
          'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } },
          'f:spec': {
            'f:containers': { 'k:{"name":"c"}': { '.': {}, 'f:image': {}, 'f:name': {}, 'f:resources': {} } },
          },
        },
      },
    },
  });
});

test('list items belong to those who name them', () => {
  const spec = (containers: object[]): object => deployment({ template: { spec: { containers } } });
  const one = apply(undefined, spec([{ name: 'c', image: 'n:1', args: ['a', 'b'] }])).object;
  const two = apply(
    one,
    spec([
      { name: 'c', env: [{ name: 'B', value: '2' }] },
      { name: 'side', image: 's:1' },
    ]),
    { manager: 'b' },
  ).object;
  assert.deepEqual(two.spec, {
    template: {
      spec: {
        containers: [
          { name: 'c', image: 'n:1', args: ['a', 'b'], env: [{ name: 'B', value: '2' }] },
          { name: 'side', image: 's:1' },
        ],
      },
    },
  });
  assert.deepEqual(conflictOf(() => apply(two, spec([{ name: 'c', args: ['a'] }]), { manager: 'b' })).fields, [
    '.spec.template.spec.containers[name="c"].args',
  ]);
  const three = apply(two, spec([]), { manager: 'b' }).object;
  assert.deepEqual(three.spec, one.spec);
  assert.deepEqual(owned(three), owned(one));
});

test('items of a set belong each to its own manager', () => {
  const finalizers = (...names: string[]): object => configMap({ metadata: { name: 'a', finalizers: names } });
  const one = apply(undefined, finalizers('e.org/a')).object;
  const two = apply(one, finalizers('e.org/b'), { manager: 'b' }).object;
  assert.deepEqual(owned(two)['b Apply'], { 'f:metadata': { 'f:finalizers': { 'v:"e.org/b"': {} } } });
  const three = apply(two, configMap()).object;
  assert.deepEqual(three.metadata?.finalizers, ['e.org/b']);
});

test('status belongs to those who write the subresource', () => {
  const live = apply(undefined, deployment({ replicas: 1 })).object;
  const status = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, status: { replicas: 1 } };
  const next = apply(live, status, { manager: 'ctl', subresource: 'status' }).object;
  const [entry] = (next.metadata?.managedFields ?? []) as ManagedFieldsEntry[];
  const other = (next.metadata?.managedFields ?? []).find((item) => item.manager === 'ctl');
  assert.deepEqual(other, {
    manager: 'ctl',
    operation: 'Apply',
    apiVersion: 'apps/v1',
    time: 'T1',
    fieldsType: 'FieldsV1',
    fieldsV1: { 'f:status': { 'f:replicas': {} } },
    subresource: 'status',
  });
  assert.equal(entry?.manager, 'a');
});

test('an object without managers gets one for what was there', () => {
  const live = configMap({ metadata: { name: 'a', uid: '1' }, data: { x: '1' } }) as UnknownObject;
  const next = apply(live, configMap({ data: { y: '1' } })).object;
  assert.deepEqual(owned(next), {
    'a Apply': { 'f:data': { 'f:y': {} } },
    'before-first-apply Update': { 'f:data': { '.': {}, 'f:x': {} } },
  });
  assert.deepEqual(owned(update(live, { ...live, data: { x: '2' } })), {});
});

test('kubectl takes over what its client-side apply set, and keeps the annotation true', () => {
  const name = 'kubectl.kubernetes.io/last-applied-configuration';
  const first = configMap({ data: { x: '1', y: '1' } });
  const metadata = { name: 'a', annotations: { [name]: `${JSON.stringify(first)}\n` } };
  const live = update(undefined, { ...first, metadata }, { manager: 'kubectl-client-side-apply' });
  const next = apply(live, configMap({ data: { x: '2' } }), { manager: 'kubectl' }).object;
  assert.deepEqual(next.data, { x: '2', y: '1' });
  assert.equal(
    next.metadata?.annotations?.[name],
    '{"apiVersion":"v1","data":{"x":"2"},"kind":"ConfigMap","metadata":{"name":"a"}}\n',
  );
  conflictOf(() => apply(live, configMap({ data: { x: '2' } }), { manager: 'other' }));
});

test('managedFields can be forgotten, set by an update, and not broken', () => {
  const live = apply(undefined, configMap({ data: { x: '1' } })).object;
  const sent = (managedFields: unknown): object => ({ ...live, metadata: { name: 'a', managedFields } });
  assert.deepEqual(owned(update(live, sent([]))), {});
  assert.deepEqual(owned(update(live, sent([{}]))), {});
  assert.deepEqual(owned(update(live, sent(undefined))), owned(live));
  assert.deepEqual(owned(update(live, sent([{ manager: 'x', operation: 'Nope' }]))), owned(live));
  const entry = {
    manager: 'k',
    operation: 'Apply',
    apiVersion: 'v1',
    fieldsType: 'FieldsV1',
    fieldsV1: { 'f:data': {} },
  };
  assert.deepEqual(owned(update(live, sent([entry]))), { 'k Apply': { 'f:data': {} } });
});

test('the oldest updaters become one when there are more than ten', () => {
  let live = update(undefined, configMap({ data: { k0: '0' } }), { manager: 'm0', time: 'T00' });
  for (let i = 1; i <= 12; i += 1) {
    const data = { ...(live.data as object), [`k${i}`]: '0' };
    live = update(live, { ...live, data }, { manager: `m${i}`, time: `T${String(i).padStart(2, '0')}` });
  }
  assert.equal(live.metadata?.managedFields?.length, 10);
  assert.deepEqual(owned(live)['ancient-changes Update'], {
    'f:data': { '.': {}, 'f:k0': {}, 'f:k1': {}, 'f:k2': {}, 'f:k3': {} },
  });
});

test('configurations that do not fit the type are refused in the words of Kubernetes', () => {
  const refused: [object, string][] = [
    [deployment({ replicas: 'x' }), '.spec.replicas: expected numeric (int or float), got string'],
    [deployment({ nope: 1 }), '.spec.nope: field not declared in schema'],
    [
      deployment({ template: { spec: { containers: {} } } }),
      '.spec.template.spec.containers: expected list, got &{map[]}',
    ],
    [
      deployment({ template: { spec: { containers: [{ name: 'c' }, { name: 'c' }] } } }),
      '.spec.template.spec.containers: duplicate entries for key [name="c"]',
    ],
    [
      deployment({
        template: { spec: { containers: [{ name: 'c', ports: [{ containerPort: 80 }, { containerPort: 80 }] }] } },
      }),
      '.spec.template.spec.containers[name="c"].ports: duplicate entries for key [containerPort=80,protocol="TCP"]',
    ],
  ];
  for (const [config, message] of refused) {
    assert.throws(() => apply(undefined, config), {
      message: `failed to create typed patch object (/web; apps/v1, Kind=Deployment): ${message}`,
    });
  }
});

test('custom resources: undeclared fields are refused, free ones are owned one by one', () => {
  const schema = {
    type: 'object',
    properties: {
      spec: {
        type: 'object',
        properties: { a: { type: 'string' }, any: { 'x-kubernetes-preserve-unknown-fields': true } },
      },
    },
  };
  const type = customFieldType(schema);
  const crate = (spec: object): object => ({ apiVersion: 'e.org/v1', kind: 'Crate', metadata: { name: 'a' }, spec });
  assert.throws(() => apply(undefined, crate({ zzz: 1 }), { type }), { message: /\.spec\.zzz: field not declared/ });
  assert.deepEqual(owned(apply(undefined, crate({ any: { x: { y: 1 }, l: [1] } }), { type }).object), {
    'a Apply': { 'f:spec': { 'f:any': { 'f:l': {}, 'f:x': { '.': {}, 'f:y': {} } } } },
  });
  assert.deepEqual(owned(update(undefined, crate({ a: '1' }), { type })), {
    'u Update': { 'f:spec': { '.': {}, 'f:a': {} } },
  });
});
