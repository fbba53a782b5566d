import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeType } from './codec.ts';

test('adds what Go always writes and drops what is empty', () => {
  const decoded = decodeType('core.v1.Pod', {
    spec: { containers: [{ name: 'c', image: 'x', env: [], resources: { limits: { cpu: 0.5 } } }], hostNetwork: false },
  });
  assert.deepEqual(decoded, {
    metadata: {},
    spec: { containers: [{ name: 'c', image: 'x', resources: { limits: { cpu: '500m' } } }] },
    status: {},
  });
});

test('keeps zero where Go has a pointer', () => {
  const decoded = decodeType('apps.v1.DeploymentSpec', { replicas: 0, minReadySeconds: 0, selector: {}, template: {} });
  assert.deepEqual(decoded, {
    replicas: 0,
    selector: {},
    template: { metadata: {}, spec: { containers: null } },
    strategy: {},
  });
});

test('names unknown fields and leaves them out', () => {
  const unknown: string[] = [];
  decodeType('core.v1.Pod', { spec: { containers: [{ name: 'c', imag: 'x' }], foo: 1 } }, unknown);
  assert.deepEqual(unknown, ['spec.containers[0].imag', 'spec.foo']);
});

test('keeps an own key called __proto__ as data', () => {
  const decoded = decodeType('core.v1.ConfigMap', JSON.parse('{"data":{"__proto__":"x"}}'));
  assert.equal(JSON.stringify(decoded.data), '{"__proto__":"x"}');
});

test('writes times in UTC, with six digits where the type has microseconds', () => {
  const decoded = decodeType('coordination.v1.LeaseSpec', { renewTime: '2026-01-01T01:00:00.123456+01:00' });
  assert.deepEqual(decoded, { renewTime: '2026-01-01T00:00:00.123456Z' });
});

test('refuses a value of another JSON type', () => {
  assert.throws(() => decodeType('apps.v1.DeploymentSpec', { replicas: 'two' }), { name: 'DecodeError' });
  assert.throws(() => decodeType('core.v1.Secret', { data: { a: '%%%' } }), /illegal base64 data at input byte 0/);
});

test('turns null into the zero value', () => {
  assert.deepEqual(decodeType('core.v1.ConfigMap', { data: { a: null }, binaryData: null }), {
    metadata: {},
    data: { a: '' },
  });
});

test('rounds amounts of resources up to thousandths', () => {
  const decoded = decodeType('core.v1.ResourceRequirements', { limits: { cpu: '0.0001' } });
  assert.deepEqual(decoded, { limits: { cpu: '1m' } });
});
