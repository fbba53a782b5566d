import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatFieldErrors } from '@croft/api/field-error';
import type { UnknownObject } from '@croft/api/object';
import type { Pod } from '@croft/api/types';
import type { Lookup } from '../../kind-rules.ts';
import { systemUser } from '../../user.ts';
import { findKindRules } from '../rules.ts';
import { summarizePod } from './table.ts';

const rules = findKindRules('', 'v1', 'pods')!;

function lookup(objects: Record<string, UnknownObject[]>): Lookup {
  const list = (resource: string) => objects[resource] ?? [];
  return { list, find: (resource, _, name) => list(resource).find((one) => one.metadata?.name === name) };
}

const account = { serviceaccounts: [{ metadata: { name: 'default' } }] };

function admitted(spec: object, objects: Record<string, UnknownObject[]> = account): UnknownObject & Pod {
  const { object } = rules.decode({
    metadata: { name: 'p', namespace: 'n' },
    spec: { containers: [{ name: 'c', image: 'nginx' }], ...spec },
  });
  rules.default(object);
  rules.admit?.(object, undefined, lookup(objects));
  rules.prepareForCreate?.(object, systemUser);
  return object as UnknownObject & Pod;
}

test('gives a pod its account, token, priority and tolerations', () => {
  const { spec, status } = admitted({});
  assert.equal(spec?.serviceAccountName, 'default');
  assert.equal(spec?.containers[0]?.volumeMounts?.[0]?.mountPath, '/var/run/secrets/kubernetes.io/serviceaccount');
  assert.equal(spec?.containers[0]?.imagePullPolicy, 'Always');
  assert.equal(spec?.priority, 0);
  assert.equal(spec?.tolerations?.length, 2);
  assert.deepEqual(status, { phase: 'Pending', qosClass: 'BestEffort' });
});

test('pulls each time only what can change under its name', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  const policies = (images: string[]) =>
    admitted({ containers: images.map((image, index) => ({ name: `c${index}`, image })) }).spec?.containers.map(
      (one) => one.imagePullPolicy,
    );
  const moving = ['nginx', 'localhost:5000/a/b', 'nginx:latest', `nginx:latest@${digest}`];
  assert.deepEqual(policies(moving), ['Always', 'Always', 'Always', 'Always']);
  const fixed = ['nginx:1', `nginx@${digest}`, 'Nginx', 'registry:5000/x:v1.2'];
  assert.deepEqual(policies(fixed), ['IfNotPresent', 'IfNotPresent', 'IfNotPresent', 'IfNotPresent']);
});

test('takes requests from limits', () => {
  const limits = { cpu: '1', memory: '1Gi' };
  const pod = admitted({ containers: [{ name: 'c', image: 'x', resources: { limits } }] });
  assert.deepEqual(pod.spec?.containers[0]?.resources?.requests, limits);
  assert.equal(pod.status?.qosClass, 'Guaranteed');
});

test('refuses an account, a priority class or a runtime class that is not there', () => {
  assert.throws(() => admitted({ serviceAccountName: 'x' }), /serviceaccount "x" not found/);
  assert.throws(() => admitted({ priorityClassName: 'x' }), /no PriorityClass with name x was found/);
  assert.throws(() => admitted({ runtimeClassName: 'x' }), /RuntimeClass "x" not found/);
});

test('a runtime class says what it costs and which nodes have it', () => {
  const tolerations = [{ key: 'sandbox', operator: 'Exists' }];
  const boxed = {
    metadata: { name: 'boxed' },
    handler: 'box',
    overhead: { podFixed: { cpu: '10m' } },
    scheduling: { nodeSelector: { box: 'yes' }, tolerations },
  };
  const objects = { ...account, 'runtimeclasses.node.k8s.io': [boxed] };
  const { spec } = admitted({ runtimeClassName: 'boxed', nodeSelector: { a: 'b' } }, objects);
  assert.deepEqual([spec?.overhead, spec?.nodeSelector], [{ cpu: '10m' }, { a: 'b', box: 'yes' }]);
  assert.ok(spec?.tolerations?.some(({ key }) => key === 'sandbox'));
  const other = { runtimeClassName: 'boxed', nodeSelector: { box: 'no' } };
  assert.throws(() => admitted(other, objects), /conflict: runtimeClass\.scheduling\.nodeSelector\[box\] = yes/);
  assert.throws(() => admitted({ overhead: { cpu: '1' } }), /Pod Overhead set without corresponding RuntimeClass/);
});

test('the pod of a file on a node names nothing of the namespace', () => {
  const mirrored = (spec: object) => {
    const metadata = { name: 'p', namespace: 'n', annotations: { 'kubernetes.io/config.mirror': 'x' } };
    const containers = [{ name: 'c', image: 'nginx' }];
    const { object } = rules.decode({ metadata, spec: { containers, nodeName: 'here', ...spec } });
    rules.admit?.(object, undefined, lookup(account));
    return object as UnknownObject & Pod;
  };
  assert.equal(mirrored({}).spec?.serviceAccountName, undefined);
  assert.throws(() => mirrored({ serviceAccountName: 'default' }), /may not reference service accounts/);
  const volumes = [{ name: 'v', secret: { secretName: 's' } }];
  assert.throws(() => mirrored({ volumes }), /may not reference secrets/);
});

test('applies the limits of the namespace', () => {
  const limits = [{ type: 'Container', max: { cpu: '1' }, default: { cpu: '500m' }, defaultRequest: { cpu: '100m' } }];
  const objects = { ...account, limitranges: [{ metadata: { name: 'l' }, spec: { limits } }] };
  const pod = admitted({}, objects);
  assert.deepEqual(pod.spec?.containers[0]?.resources, { limits: { cpu: '500m' }, requests: { cpu: '100m' } });
  const greedy = { containers: [{ name: 'c', image: 'x', resources: { limits: { cpu: '2' } } }] };
  assert.throws(() => admitted(greedy, objects), /maximum cpu usage per Container is 1, but limit is 2/);
});

test('lets an update change the image, and shows what else it would change', () => {
  const old = admitted({});
  const image = structuredClone(old);
  image.spec!.containers[0]!.image = 'nginx:2';
  assert.deepEqual(rules.validateUpdate(image, old), []);
  const policy = structuredClone(old);
  policy.spec!.restartPolicy = 'Never';
  const text = formatFieldErrors(rules.validateUpdate(policy, old));
  assert.match(text, /^spec: Forbidden: pod updates may not change fields other than/);
  assert.match(text, /\n- "RestartPolicy": "Always",\n\+ "RestartPolicy": "Never",\n/);
});

test('names a mount without volume', () => {
  const containers = [{ name: 'c', image: 'x', volumeMounts: [{ name: 'v', mountPath: '/v' }] }];
  const text = formatFieldErrors(rules.validate(admitted({ containers })));
  assert.equal(text, 'spec.containers[0].volumeMounts[0].name: Not found: "v"');
});

test('tells how a pod does', () => {
  const container = { name: 'c', image: 'x', imageID: '', ready: false, restartCount: 4 };
  const waiting = { ...container, state: { waiting: { reason: 'CrashLoopBackOff' } } };
  const pod: Pod = {
    spec: { containers: [{ name: 'c' }] },
    status: { phase: 'Running', containerStatuses: [waiting] },
  };
  const { reason, ready, total, restarts } = summarizePod(pod);
  assert.deepEqual({ reason, ready, total, restarts }, { reason: 'CrashLoopBackOff', ready: 0, total: 1, restarts: 4 });
});
