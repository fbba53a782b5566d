import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startTestNode, type TestNode } from '@croft/node/testing/test-node';
import { busyboxImage } from '@croft/node/testing/test-podman';
import { type Kubectl, startKubectl } from '../support/kubectl.ts';

let node: TestNode;
let kubectl: Kubectl;
before(async () => {
  node = await startTestNode();
  kubectl = await startKubectl(node.api);
  const command = ['sh', '-c', 'trap "exit 0" INT; while :; do sleep 0.1; done'];
  const image = busyboxImage;
  await node.createPod('target', { containers: [{ name: 'main', image, command }] });
  await node.waitForPod('target', ({ status }) => status?.phase === 'Running');
});
after(async () => {
  await kubectl?.[Symbol.asyncDispose]();
  await node?.[Symbol.asyncDispose]();
});

test('a command gives its output, its errors and its exit code', async () => {
  const { code, stdout, stderr } = await kubectl.run([
    'exec',
    'target',
    '--',
    'sh',
    '-c',
    'echo hi; echo oh >&2; exit 3',
  ]);
  assert.equal(stdout, 'hi\n');
  assert.match(stderr, /^oh\n/);
  assert.match(stderr, /command terminated with exit code 3/);
  assert.equal(code, 3);
});

test('a command reads what it is given, to its end', async () => {
  const long = 'x'.repeat(3_000_000);
  const { code, stdout, stderr } = await kubectl.run(['exec', '-i', 'target', '--', 'cat'], long);
  assert.equal(stderr, '');
  assert.ok(stdout === long, `${stdout.length} bytes came back`);
  assert.equal(code, 0);
});

test('files are copied both ways', async () => {
  const file = join(kubectl.folder, 'file');
  await writeFile(file, Buffer.alloc(1_000_000, 'abc'));
  const there = await kubectl.run(['cp', file, 'target:/tmp/file']);
  assert.deepEqual(there, { code: 0, stdout: '', stderr: '' });
  const back = await kubectl.run(['cp', 'target:/tmp/file', `${file}.back`]);
  assert.equal(back.code, 0, back.stderr);
  assert.deepEqual(await readFile(`${file}.back`), await readFile(file));
});

test('connections are forwarded to a port of a Pod, many at once', async () => {
  const script =
    'mkdir -p /tmp/www; head -c 2000000 /dev/zero | tr "\\0" x > /tmp/www/large; httpd -p 8080 -h /tmp/www';
  assert.equal((await kubectl.run(['exec', 'target', '--', 'sh', '-c', script])).code, 0);
  await using forwarding = kubectl.start(['port-forward', 'pod/target', ':8080']);
  const [, port] = await forwarding.waitFor(/Forwarding from 127\.0\.0\.1:(\d+) -> 8080/);
  const sizes = await Promise.all(
    Array.from({ length: 8 }, async () => (await (await fetch(`http://127.0.0.1:${port}/large`)).text()).length),
  );
  assert.deepEqual(sizes, Array(8).fill(2_000_000));
});

test('a port where nothing listens is told as an error', async () => {
  await using forwarding = kubectl.start(['port-forward', 'pod/target', ':8081']);
  const [, port] = await forwarding.waitFor(/Forwarding from 127\.0\.0\.1:(\d+) -> 8081/);
  await assert.rejects(fetch(`http://127.0.0.1:${port}/`));
  await forwarding.waitFor(/error forwarding port 8081 to pod target: .*ECONNREFUSED/);
});

test('a terminal has the size of the client, and follows it', async () => {
  await using session = kubectl.start(
    ['-c', 'stty rows 30 cols 90; kubectl exec -it target -- sh', '/dev/null'],
    'script',
  );
  await session.waitFor(/\$ |# /);
  session.process.stdin.write('while [ "$(stty size)" = "0 0" ]; do sleep 0.1; done; stty size\r');
  await session.waitFor(/\n30 90\r/);
  session.process.stdin.write('exit 4\r');
  await session.waitFor(/command terminated with exit code 4/);
});

test('attach joins the process of a container', async () => {
  await node.createPod('reader', {
    restartPolicy: 'Never',
    containers: [
      {
        name: 'main',
        image: busyboxImage,
        stdin: true,
        stdinOnce: true,
        command: ['sh', '-c', 'while read line; do echo "got $line"; done; echo end; exit 5'],
      },
    ],
  });
  await node.waitForPod('reader', ({ status }) => status?.phase === 'Running');
  const { stdout } = await kubectl.run(['attach', '-i', 'reader'], 'one\ntwo\n');
  assert.equal(stdout, 'got one\ngot two\nend\n');
  const ended = await node.waitForPod('reader', ({ status }) => status?.phase === 'Failed');
  assert.equal(ended.status?.containerStatuses?.[0]?.state?.terminated?.exitCode, 5);
});
