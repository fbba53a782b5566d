import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Container } from '@croft/api/types';
import { ConfigError } from './config-error.ts';
import { resolveEnvironment } from './environment.ts';
import { expandVariables } from './expand-variables.ts';
import { resolveFieldRef, resolveResourceFieldRef } from './field-refs.ts';
import { serviceEnvironment } from './service-environment.ts';

const facts = { podIp: '10.1.0.7', hostIp: '10.1.0.1', nodeName: 'here', nodeCpu: 4, nodeMemory: 8 * 2 ** 30 };
const pod = { metadata: { name: 'web-1', namespace: 'shop', labels: { b: '2', a: '1' }, annotations: { 'x/y': 'z' } } };
const none = { findConfigMap: async () => undefined, findSecret: async () => undefined, services: new Map() };

test('references to variables are replaced, escapes kept, unknown ones left', () => {
  const variables = new Map([['A', 'one']]);
  assert.equal(expandVariables('$(A) $$(A) $(B) $A $$ $(', variables), 'one $(A) $(B) $A $ $(');
});

test('later sources win, and may be prefixed', async () => {
  const container: Container = {
    name: 'main',
    envFrom: [{ prefix: 'P_', configMapRef: { name: 'c' } }, { secretRef: { name: 's', optional: true } }],
    env: [
      { name: 'P_X', value: 'mine' },
      { name: 'BOTH', value: '$(P_X)-$(P_Y)' },
    ],
  };
  const variables = await resolveEnvironment(pod, container, facts, {
    ...none,
    findConfigMap: async () => ({ X: 'x', Y: 'y' }),
  });
  assert.deepEqual(
    [...variables],
    [
      ['P_X', 'mine'],
      ['P_Y', 'y'],
      ['BOTH', 'mine-y'],
    ],
  );
});

test('what is required and absent is named', async () => {
  const keyRef = (name: string) => ({ name: 'V', valueFrom: { configMapKeyRef: { name, key: 'k' } } });
  const resolve = (env: Container['env']) => resolveEnvironment(pod, { name: 'm', ...(env && { env }) }, facts, none);
  await assert.rejects(resolve([keyRef('gone')]), new ConfigError('configmap "gone" not found'));
  const there = { ...none, findConfigMap: async () => ({}) };
  await assert.rejects(
    resolveEnvironment(pod, { name: 'm', env: [keyRef('there')] }, facts, there),
    new ConfigError("couldn't find key k in ConfigMap shop/there"),
  );
});

test('fields and resources of the Pod', () => {
  assert.equal(resolveFieldRef(pod, 'metadata.labels', facts), 'a="1"\nb="2"');
  assert.equal(resolveFieldRef(pod, "metadata.annotations['x/y']", facts), 'z');
  assert.equal(resolveFieldRef(pod, 'status.podIP', facts), '10.1.0.7');
  assert.throws(() => resolveFieldRef(pod, 'spec.nothing', facts), /unsupported fieldPath/);
  const container = { name: 'm', resources: { limits: { cpu: '250m', memory: '64Mi' } } };
  assert.equal(resolveResourceFieldRef(container, { resource: 'limits.cpu' }, facts), '1');
  assert.equal(resolveResourceFieldRef(container, { resource: 'limits.cpu', divisor: '1m' }, facts), '250');
  assert.equal(resolveResourceFieldRef(container, { resource: 'limits.memory', divisor: '1Mi' }, facts), '64');
  assert.equal(resolveResourceFieldRef({ name: 'm' }, { resource: 'limits.cpu' }, facts), '4');
});

test('Services are told of in variables, others only where wanted', () => {
  const service = (name: string, namespace: string, clusterIP: string) => ({
    metadata: { name, namespace },
    spec: { clusterIP, ports: [{ name: 'http', port: 80, protocol: 'TCP' }] },
  });
  const all = [
    service('kubernetes', 'default', '10.96.0.1'),
    service('my-db', 'shop', '10.96.0.5'),
    service('headless', 'shop', 'None'),
  ];
  const wanted = serviceEnvironment(all, 'shop', true);
  assert.equal(wanted.get('MY_DB_SERVICE_HOST'), '10.96.0.5');
  assert.equal(wanted.get('MY_DB_SERVICE_PORT_HTTP'), '80');
  assert.equal(wanted.get('MY_DB_PORT_80_TCP_ADDR'), '10.96.0.5');
  assert.equal(wanted.has('HEADLESS_SERVICE_HOST'), false);
  const bare = serviceEnvironment(all, 'shop', false);
  assert.deepEqual([bare.get('KUBERNETES_SERVICE_HOST'), bare.has('MY_DB_SERVICE_HOST')], ['10.96.0.1', false]);
});
