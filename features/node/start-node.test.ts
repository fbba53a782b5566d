import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { nodes, pods } from '@croft/api/kinds';
import { isTrue } from '@croft/controller/conditions';
import { startTestNode, type TestNode } from './testing/test-node.ts';
import { busyboxImage } from './testing/test-podman.ts';

let node: TestNode;
before(async () => {
  node = await startTestNode();
});
after(async () => {
  await node[Symbol.asyncDispose]();
});

const shell = (script: string) => ({ image: busyboxImage, command: ['sh', '-c', script] });

test('the machine is a Node that is Ready', async () => {
  const { status } = await node.client.get(nodes, { name: 'test' });
  assert.ok(isTrue(status?.conditions, 'Ready'));
  assert.match(status?.nodeInfo?.containerRuntimeVersion ?? '', /^podman:\/\/\d/);
});

test('a Pod is scheduled, runs, becomes Ready, tells its address, and goes', async () => {
  await node.createPod('simple', {
    containers: [{ name: 'main', ...shell('echo hello; trap "exit 0" INT; while :; do sleep 0.1; done') }],
  });
  const pod = await node.waitForPod('simple', ({ status }) => isTrue(status?.conditions, 'Ready'));
  assert.equal(pod.spec?.nodeName, 'test');
  assert.equal(pod.status?.phase, 'Running');
  assert.match(pod.status?.podIP ?? '', /^10\./);
  assert.match(pod.status?.containerStatuses?.[0]?.containerID ?? '', /^podman:\/\/[0-9a-f]{64}$/);
  assert.equal(await node.readLog('simple'), 'hello\n');
  await node.client.delete(pods, { namespace: 'default', name: 'simple' });
  await node.waitUntilGone('simple');
});

test('a Pod that ends is Succeeded or Failed, with the exit code', async () => {
  await node.createPod('good', {
    restartPolicy: 'Never',
    containers: [{ name: 'main', ...shell('echo -n bye > /dev/termination-log') }],
  });
  await node.createPod('bad', { restartPolicy: 'Never', containers: [{ name: 'main', ...shell('exit 3') }] });
  const good = await node.waitForPod('good', ({ status }) => status?.phase === 'Succeeded');
  const bad = await node.waitForPod('bad', ({ status }) => status?.phase === 'Failed');
  assert.deepEqual(
    [good, bad].map(({ status }) => {
      const end = status?.containerStatuses?.[0]?.state?.terminated;
      return [end?.exitCode, end?.reason, end?.message];
    }),
    [
      [0, 'Completed', 'bye'],
      [3, 'Error', undefined],
    ],
  );
});
