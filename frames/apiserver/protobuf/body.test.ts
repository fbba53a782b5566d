import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseProtobufBody } from './body.ts';

/** A field of counted bytes; `content` may itself be made of fields. */
function field(number: number, content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);
}

const varint = (number: number, value: number): Buffer => Buffer.from([number << 3, value]);

function body(apiVersion: string, kind: string, ...raw: Buffer[]): Buffer {
  const types = field(1, Buffer.concat([field(1, apiVersion), field(2, kind)]));
  return Buffer.concat([Buffer.from('k8s\0'), types, field(2, Buffer.concat(raw))]);
}

test('reads metadata, maps and times', () => {
  const labels = field(11, Buffer.concat([field(1, 'app'), field(2, 'web')]));
  const created = field(8, '');
  const config = body(
    'v1',
    'ConfigMap',
    field(1, Buffer.concat([field(1, 'a'), created, labels])),
    field(2, Buffer.concat([field(1, 'key'), field(2, 'value')])),
  );
  assert.deepEqual(JSON.parse(JSON.stringify(parseProtobufBody(config))), {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', creationTimestamp: null, labels: { app: 'web' } },
    data: { key: 'value' },
  });
});

test('reads numbers, quantities, ports and what JSON shows beside the others', () => {
  const limits = field(8, field(1, Buffer.concat([field(1, 'cpu'), field(2, field(1, '500m'))])));
  const get = field(2, Buffer.concat([field(1, '/'), field(2, varint(2, 80))]));
  const probe = field(10, Buffer.concat([field(1, get), varint(3, 5)]));
  const container = field(2, Buffer.concat([field(1, 'c'), limits, probe]));
  const pod = body('v1', 'Pod', field(2, container));
  assert.deepEqual(JSON.parse(JSON.stringify(parseProtobufBody(pod))).spec, {
    containers: [
      {
        name: 'c',
        resources: { limits: { cpu: '500m' } },
        livenessProbe: { httpGet: { path: '/', port: 80 }, timeoutSeconds: 5 },
      },
    ],
  });
});

test('knows options of every group', () => {
  const options = body('apps/v1', 'DeleteOptions', varint(1, 30));
  assert.equal((parseProtobufBody(options) as { gracePeriodSeconds?: number }).gracePeriodSeconds, 30);
});

test('refuses what is cut short, of no known type, or no message at all', () => {
  const whole = body('v1', 'ConfigMap', field(1, field(1, 'a')));
  assert.throws(() => parseProtobufBody(whole.subarray(0, -1)), /unexpected EOF/);
  assert.throws(() => parseProtobufBody(body('v1', 'Nothing')), /no kind "Nothing" is registered/);
  assert.throws(() => parseProtobufBody(Buffer.from('{}')), /does not appear to be a protobuf message/);
});
