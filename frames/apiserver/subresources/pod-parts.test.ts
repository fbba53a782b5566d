import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestServer } from '../test-server.ts';

const pods = '/api/v1/namespaces/default/pods';
const strategic = { 'content-type': 'application/strategic-merge-patch+json' };

async function startWithPod() {
  const server = await startTestServer();
  await server.call('POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'default' } });
  const resources = { requests: { cpu: '100m', memory: '1Mi' } };
  const spec = { containers: [{ name: 'main', image: 'image', resources }] };
  const made = await server.call('POST', pods, { metadata: { name: 'one' }, spec });
  assert.equal(made.status, 201);
  return server;
}

const told = ({ status, body }: { status: number; body: unknown }) => [status, (body as { message: string }).message];

test('a pod is resized within its class, in processor and memory alone', async () => {
  await using server = await startWithPod();
  const resize = (resources: object) =>
    server.call('PATCH', `${pods}/one/resize`, { spec: { containers: [{ name: 'main', resources }] } }, strategic);
  assert.equal((await resize({ requests: { cpu: '200m' } })).status, 200);
  const refused: [object, string][] = [
    [
      { requests: { memory: null } },
      'spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed',
    ],
    [{ requests: { 'ephemeral-storage': '1Gi' } }, 'spec: Forbidden: only cpu and memory resources are mutable'],
    [
      { limits: { cpu: '200m', memory: '1Mi' } },
      'spec: Invalid value: "Burstable": Pod QOS Class may not change as a result of resizing',
    ],
  ];
  for (const [resources, why] of refused) {
    assert.deepEqual(told(await resize(resources)), [422, `Pod "one" is invalid: ${why}`]);
  }
});

test('a pod is bound once, by its own name, to a node', async () => {
  await using server = await startWithPod();
  const bind = (name: string, target: object) =>
    server.call('POST', `${pods}/one/binding`, { metadata: { name }, target });
  const node = { kind: 'Node', name: 'here' };
  assert.deepEqual(told(await bind('two', node)), [400, 'name in URL does not match name in Binding object']);
  assert.deepEqual(told(await bind('one', {})), [500, 'target.name: Required value']);
  assert.equal((await bind('one', node)).status, 201);
  assert.equal((await bind('one', node)).status, 409);
});

test('lines of a log cannot be asked for that there cannot be', async () => {
  await using server = await startWithPod();
  const log = async (query: string) => told(await server.call('GET', `${pods}/one/log?${query}`));
  const invalid = 'PodLogOptions "one" is invalid:';
  assert.deepEqual(await log('tailLines=-1'), [
    422,
    `${invalid} tailLines: Invalid value: -1: must be greater than or equal to 0`,
  ]);
  assert.deepEqual(await log('sinceSeconds=0'), [
    422,
    `${invalid} sinceSeconds: Invalid value: 0: must be greater than 0`,
  ]);
  assert.deepEqual(await log('limitBytes=x'), [400, 'strconv.ParseInt: parsing "x": invalid syntax']);
});
