import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { UnknownObject } from '@croft/api/object';
import { startTestServer } from '../test-server.ts';
import { renderProtobuf } from './answer.ts';
import { parseProtobufBody } from './body.ts';
import { readFields, toBytes, toText } from './wire.ts';

const there = (object: UnknownObject): unknown => JSON.parse(JSON.stringify(parseProtobufBody(renderProtobuf(object))));

test('what is written is read again', () => {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', labels: { a: 'b' }, creationTimestamp: '2026-11-21T10:00:00Z', generation: 300 },
    spec: {
      terminationGracePeriodSeconds: -1,
      containers: [
        {
          name: 'c',
          command: ['a', 'b'],
          resources: { limits: { cpu: '500m' } },
          livenessProbe: { httpGet: { path: '/', port: 'web' }, timeoutSeconds: 5 },
        },
      ],
    },
  };
  assert.deepEqual(there(pod), pod);
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: { a: 'MQ==' } };
  assert.deepEqual(there(secret), secret);
  const time = '2026-11-21T10:00:00.000001Z';
  const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', spec: { renewTime: time, leaseTransitions: 0 } };
  assert.deepEqual(there(lease), lease);
  const schema = { type: 'array', items: { type: 'string' }, default: ['x'] };
  const openAPIV3Schema = { type: 'object', properties: { a: schema }, additionalProperties: { type: 'string' } };
  const versions = [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }];
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    spec: { group: 'a.b', versions },
  };
  assert.deepEqual(there(definition), definition);
});

const accept = 'application/vnd.kubernetes.protobuf,application/json';

test('objects, lists and watches are given as protobuf, what has no such form as JSON', async () => {
  await using server = await startTestServer();
  const ask = (path: string) => server.server.fetch(new Request(`https://api.test${path}`, { headers: { accept } }));
  const answer = await ask('/api/v1/namespaces/default');
  assert.equal(answer.headers.get('content-type'), 'application/vnd.kubernetes.protobuf');
  assert.equal(parseProtobufBody(Buffer.from(await answer.arrayBuffer())).metadata?.name, 'default');
  const list = parseProtobufBody(Buffer.from(await (await ask('/api/v1/namespaces')).arrayBuffer()));
  assert.equal((list.items as unknown[]).length, 4);
  const table = await ask('/apis/apiregistration.k8s.io');
  assert.equal(table.headers.get('content-type'), 'application/json');

  const watch = await ask('/api/v1/namespaces?watch=1&fieldSelector=metadata.name=default');
  assert.equal(watch.headers.get('content-type'), 'application/vnd.kubernetes.protobuf;stream=watch');
  const reader = watch.body?.getReader();
  const bytes = Buffer.from((await reader?.read())?.value ?? []);
  const [type, object] = [...readFields(bytes.subarray(4, 4 + bytes.readUInt32BE()))];
  assert.equal(toText(type?.value ?? 0n), 'ADDED');
  const [raw] = [...readFields(toBytes(object?.value ?? 0n))];
  assert.equal(parseProtobufBody(Buffer.from(toBytes(raw?.value ?? 0n))).metadata?.name, 'default');
  await reader?.cancel();
});
