import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestNode, type TestNode } from '@croft/node/testing/test-node';
import { busyboxImage } from '@croft/node/testing/test-podman';
import { eventually } from '../support/instance.ts';
import { type Kubectl, startKubectl } from '../support/kubectl.ts';

let node: TestNode;
let kubectl: Kubectl;
before(async () => {
  node = await startTestNode();
  kubectl = await startKubectl(node.api);
});
after(async () => {
  await kubectl?.[Symbol.asyncDispose]();
  await node?.[Symbol.asyncDispose]();
});

const image = `--image=${busyboxImage}`;
const forever = 'trap "exit 0" INT; while :; do sleep 0.1; done';
const main = (script: string, more = {}) => [
  { name: 'main', image: busyboxImage, command: ['sh', '-c', script], ...more },
];

async function printed(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await kubectl.run(args);
  assert.equal(code, 0, stderr);
  return stdout;
}

test('a debug container joins a running Pod, and sees the processes of its target', async () => {
  await node.createPod('debugged', { containers: main(`echo main > /dev/shm/seen; ${forever}`) });
  await node.waitForPod('debugged', ({ status }) => status?.phase === 'Running');
  const script = 'cat /dev/shm/seen; cat /proc/1/cmdline; read line; echo "got $line"; exit 3';
  const args = ['debug', 'debugged', image, '--target=main', '-c', 'dbg', '-i', '--', 'sh', '-c', script];
  const { code, stdout, stderr } = await kubectl.run(args, 'input\n');
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^got input$/m);
  const log = await printed('logs', 'debugged', '-c', 'dbg');
  assert.match(log, /^main\nsh\0-c\0echo main/);
  const { status } = await node.waitForPod('debugged', (pod) =>
    Boolean(pod.status?.ephemeralContainerStatuses?.[0]?.state?.terminated),
  );
  assert.equal(status?.phase, 'Running');
  assert.equal(status.ephemeralContainerStatuses?.[0]?.state?.terminated?.exitCode, 3);
  assert.equal(status.ephemeralContainerStatuses[0].restartCount, 0);
});

test('a debug container without a target, and commands in it', async () => {
  await node.createPod('plain', { containers: main(forever) });
  await node.waitForPod('plain', ({ status }) => status?.phase === 'Running');
  await printed('debug', 'plain', image, '-c', 'aside', '--attach=false', '--', 'sh', '-c', forever);
  await eventually(async () => {
    assert.equal(await printed('exec', 'plain', '-c', 'aside', '--', 'hostname'), 'plain\n');
  });
  await printed('delete', 'pod', 'plain', '--grace-period=1');
});

test('what runs beside the main containers ends with them', async () => {
  const sidecar = { name: 'side', image: busyboxImage, command: ['sh', '-c', forever], restartPolicy: 'Always' };
  await node.createPod('brief', {
    restartPolicy: 'Never',
    initContainers: [sidecar],
    containers: main('until [ -e /dev/shm/end ]; do sleep 0.1; done'),
  });
  await node.waitForPod('brief', ({ status }) => status?.phase === 'Running');
  const script = `touch /dev/shm/end; ${forever}`;
  await printed('debug', 'brief', image, '-c', 'aside', '--attach=false', '--', 'sh', '-c', script);
  const { status } = await node.waitForPod('brief', (pod) => pod.status?.phase === 'Succeeded');
  assert.ok(status?.ephemeralContainerStatuses?.[0]?.state?.terminated);
  assert.ok(status.initContainerStatuses?.[0]?.state?.terminated);
});

test('a log that is not there says what its container waits for', async () => {
  await node.createPod('imageless', { containers: [{ name: 'main', image: 'localhost/croft/none:1' }] });
  const env = [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'none', key: 'a' } } }];
  await node.createPod('unset', { containers: main(forever, { env }) });
  await eventually(async () => {
    const { stderr } = await kubectl.run(['logs', 'imageless']);
    assert.match(
      stderr,
      /container "main" in pod "imageless" is waiting to start: (image can't be pulled|trying and failing to pull image)\n/,
    );
  });
  await eventually(async () => {
    const { stderr } = await kubectl.run(['logs', 'unset']);
    assert.match(stderr, /container "main" in pod "unset" is waiting to start: CreateContainerConfigError\n/);
  });
});

test('while a container waits to be started again, its previous log is the one of its last end', async () => {
  await node.createPod('failing', { containers: main('echo $$-$(cat /proc/sys/kernel/random/uuid); exit 1') });
  await node.waitForPod('failing', ({ status }) => {
    const [first] = status?.containerStatuses ?? [];
    return first?.state?.waiting?.reason === 'CrashLoopBackOff' && first.restartCount >= 1;
  });
  assert.equal(await printed('logs', 'failing', '-p'), await printed('logs', 'failing'));
});

test('requests go on to a port of a Pod', async () => {
  const script = 'mkdir -p /tmp/www/a; echo hello > /tmp/www/a/index.html; exec httpd -f -p 8080 -h /tmp/www';
  await node.createPod('web', { containers: main(script, { ports: [{ containerPort: 8080 }] }) });
  await node.waitForPod('web', ({ status }) => status?.phase === 'Running');
  const below = '/api/v1/namespaces/default/pods';
  await eventually(async () => {
    assert.equal(await printed('get', '--raw', `${below}/web/proxy/a/?b=c`), 'hello\n');
  });
  assert.equal(await printed('get', '--raw', `${below}/http:web:8080/proxy/a/`), 'hello\n');
  const refused = await kubectl.run(['get', '--raw', `${below}/web:81/proxy/`]);
  assert.match(refused.stderr, /ServiceUnavailable.*error trying to reach service/);
  const missing = await kubectl.run(['get', '--raw', `${below}/web/proxy/none`]);
  assert.match(missing.stderr, /NotFound/);
});
