import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { connect as connectPlain } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { connect } from 'node:tls';
import { run } from '@croft/foundation/process';
import { startTestNode, type TestNode } from '@croft/node/testing/test-node';
import { busyboxImage } from '@croft/node/testing/test-podman';
import { eventually } from '../support/instance.ts';
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

test('a command need not read its input, and may go on after its output has ended', async () => {
  const unread = await kubectl.run(['exec', '-i', 'target', '--', 'sh', '-c', 'exit 7'], 'x'.repeat(5_000_000));
  assert.equal(unread.code, 7, unread.stderr);
  const silent = await kubectl.run(['exec', 'target', '--', 'sh', '-c', 'exec >&- 2>&-; sleep 0.3; exit 8']);
  assert.equal(silent.code, 8, silent.stderr);
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

test('a port that is open inside the Pod only is reached too', async () => {
  const script = 'mkdir -p /tmp/in; echo inside > /tmp/in/file; httpd -p 127.0.0.1:8090 -h /tmp/in';
  assert.equal((await kubectl.run(['exec', 'target', '--', 'sh', '-c', script])).code, 0);
  await using forwarding = kubectl.start(['port-forward', 'pod/target', ':8090']);
  const [, port] = await forwarding.waitFor(/Forwarding from 127\.0\.0\.1:(\d+) -> 8090/);
  assert.equal(await (await fetch(`http://127.0.0.1:${port}/file`)).text(), 'inside\n');
});

test('a forwarded connection may end one way before the other', async () => {
  const script = 'nc -ll -p 8091 -e wc -c > /dev/null 2>&1 &';
  assert.equal((await kubectl.run(['exec', 'target', '--', 'sh', '-c', script])).code, 0);
  await using forwarding = kubectl.start(['port-forward', 'pod/target', ':8091']);
  const [, port] = await forwarding.waitFor(/Forwarding from 127\.0\.0\.1:(\d+) -> 8091/);
  const socket = connectPlain({ host: '127.0.0.1', port: Number(port), allowHalfOpen: true });
  socket.end('x'.repeat(100_000));
  let answer = '';
  for await (const text of socket.setEncoding('utf8')) answer += text;
  assert.equal(answer, '100000\n');
});

test('a port where nothing listens is told as an error', async () => {
  await using forwarding = kubectl.start(['port-forward', 'pod/target', ':8081']);
  const [, port] = await forwarding.waitFor(/Forwarding from 127\.0\.0\.1:(\d+) -> 8081/);
  await assert.rejects(fetch(`http://127.0.0.1:${port}/`));
  await forwarding.waitFor(/error forwarding port 8081 to pod target: .*ECONNREFUSED/);
});

test('a terminal has the size of the client, and follows it', async () => {
  const ttyPath = join(kubectl.folder, 'tty');
  const script = `tty > ${ttyPath}; stty rows 30 cols 90; kubectl exec -it target -- sh`;
  await using session = kubectl.start(['-c', script, '/dev/null'], 'script');
  await session.waitFor(/\$ |# /);
  session.process.stdin.write('while [ "$(stty size)" = "0 0" ]; do sleep 0.1; done; stty size\r');
  await session.waitFor(/\n30 90\r/);
  const tty = (await readFile(ttyPath, 'utf8')).trim();
  await run('stty', ['-F', tty, 'rows', '40', 'cols', '100'], { timeoutMs: 10_000 });
  session.process.stdin.write('while [ "$(stty size)" = "30 90" ]; do sleep 0.1; done; stty size\r');
  await session.waitFor(/\n40 100\r/);
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

test('only who may run commands runs them', async () => {
  const asJane = ['exec', 'target', '--as=jane', '--', 'echo', 'hi'];
  const grant = async (name: string, verb: string, resource: string) => {
    const role = await kubectl.run(['create', 'role', name, `--verb=${verb}`, `--resource=${resource}`]);
    assert.equal(role.code, 0, role.stderr);
    const binding = await kubectl.run(['create', 'rolebinding', name, `--role=${name}`, '--user=jane']);
    assert.equal(binding.code, 0, binding.stderr);
  };
  await grant('looks', 'get', 'pods');
  const refused = await kubectl.run(asJane);
  assert.equal(
    refused.stderr,
    'Error from server (Forbidden): pods "target" is forbidden: User "jane" cannot create resource "pods/exec" in API group "" in the namespace "default"\n',
  );
  await grant('runs', 'get,create', 'pods/exec');
  assert.equal((await kubectl.run(asJane)).stdout, 'hi\n');
  const stranger = await handshake('/api/v1/namespaces/default/pods/target/exec?command=id&stdout=1', 'a-token');
  assert.match(stranger, /^HTTP\/1\.1 401 /);
});

test('what is not there is told in the words of Kubernetes', async () => {
  const noPod = await kubectl.run(['exec', 'nobody', '--', 'id']);
  assert.equal(noPod.stderr, 'Error from server (NotFound): pods "nobody" not found\n');
  const noContainer = await kubectl.run(['exec', 'target', '-c', 'side', '--', 'id']);
  assert.match(noContainer.stderr, /container side is not valid for pod target/);
  const noCommand = await kubectl.run(['exec', 'target', '--', 'no-such-command']);
  assert.match(noCommand.stderr, /"no-such-command": executable file not found/);
  assert.notEqual(noCommand.code, 0);
});

test('older clients speak SPDY', async () => {
  const old = { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'false', KUBECTL_PORT_FORWARD_WEBSOCKETS: 'false' };
  const ended = await kubectl.run(['exec', 'target', '--', 'sh', '-c', 'echo hi; echo oh >&2; exit 3'], '', old);
  assert.equal(ended.stdout, 'hi\n');
  assert.match(ended.stderr, /^oh\n/);
  assert.equal(ended.code, 3);
  const long = 'x'.repeat(3_000_000);
  const { stdout } = await kubectl.run(['exec', '-i', 'target', '--', 'cat'], long, old);
  assert.ok(stdout === long, `${stdout.length} bytes came back`);
  const script = 'stty rows 30 cols 90; kubectl exec -it target -- sh';
  await using session = kubectl.start(['-c', script, '/dev/null'], 'script', old);
  await session.waitFor(/\$ |# /);
  session.process.stdin.write('while [ "$(stty size)" = "0 0" ]; do sleep 0.1; done; stty size; exit 4\r');
  await session.waitFor(/\n30 90\r/);
  await session.waitFor(/command terminated with exit code 4/);
  await using forwarding = kubectl.start(['port-forward', 'pod/target', ':8082'], 'kubectl', old);
  const [, port] = await forwarding.waitFor(/Forwarding from 127\.0\.0\.1:(\d+) -> 8082/);
  await assert.rejects(fetch(`http://127.0.0.1:${port}/`));
  await forwarding.waitFor(/error forwarding port 8082 to pod target/);
});

/** The start of the answer to a request for a WebSocket, as someone without a certificate. */
async function handshake(path: string, token?: string): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port: kubectl.port, ca: kubectl.authority, ALPNProtocols: ['http/1.1'] });
  socket.setEncoding('utf8');
  const key = Buffer.alloc(16).toString('base64');
  const lines = [
    `GET ${path} HTTP/1.1`,
    'host: localhost',
    'connection: Upgrade',
    'upgrade: websocket',
    'sec-websocket-version: 13',
    `sec-websocket-key: ${key}`,
    'sec-websocket-protocol: v5.channel.k8s.io',
    ...(token === undefined ? [] : [`authorization: Bearer ${token}`]),
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  let answer = '';
  for await (const text of socket) answer += text;
  return answer;
}

test('a command does not outlive the client that ran it', async () => {
  const session = kubectl.start(['exec', '-i', 'target', '--', 'sh', '-c', 'echo begun; exec sleep 4321']);
  const isRunning = async () =>
    (await kubectl.run(['exec', 'target', '--', 'sh', '-c', 'grep -q [4]321 /proc/[0-9]*/cmdline'])).code === 0;
  await session.waitFor(/begun/);
  assert.ok(await isRunning());
  await session[Symbol.asyncDispose]();
  await eventually(async () => assert.equal(await isRunning(), false));
});

test('a terminal takes every key', async () => {
  await using session = kubectl.start(['-c', 'kubectl exec -it target -- sh', '/dev/null'], 'script');
  await session.waitFor(/\$ |# /);
  // Ctrl-P, Ctrl-Q would end a connection to some engines.
  session.process.stdin.write('stty raw; echo be""gun; dd bs=1 count=2 | hexdump -C; stty sane; exit 6\r');
  await session.waitFor(/begun/);
  session.process.stdin.write('\x10\x11');
  await session.waitFor(/ 10 11 /);
  await session.waitFor(/command terminated with exit code 6/);
});
