import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { silentLog } from '@croft/foundation/log';
import { run } from '@croft/foundation/process';
import { busyboxImage, startTestPodman, type TestPodman } from '../testing/test-podman.ts';
import { createContainer, findContainer, listContainers, startContainer, stopContainer } from './containers.ts';
import { EngineError } from './engine-error.ts';
import { ExecTimeoutError, execInContainer } from './exec.ts';
import { fetchImage, findImage, removeImage, tagImage } from './images.ts';
import { startPodman } from './start-podman.ts';

let instance: TestPodman;
before(async () => {
  instance = await startTestPodman();
});
after(async () => {
  await instance[Symbol.asyncDispose]();
  assert.equal(existsSync(instance.dir), false);
  const { stdout } = await run('ip', ['-brief', 'link'], { timeoutMs: 5000 });
  assert.ok(!stdout.includes(instance.podman.network.bridge), 'the bridge is gone');
  for (const hierarchy of readdirSync('/sys/fs/cgroup')) {
    assert.ok(
      !existsSync(join('/sys/fs/cgroup', hierarchy, instance.podman.cgroup)),
      `no control group in ${hierarchy}`,
    );
  }
  assert.ok(!readFileSync('/proc/self/mounts', 'utf8').includes(instance.dir), 'no mount is left');
});

async function startShell(name: string, script: string): Promise<string> {
  const id = await createContainer(instance.podman.engine, name, {
    Image: busyboxImage,
    Cmd: ['sh', '-c', script],
    Labels: { test: name },
    HostConfig: { NetworkMode: instance.podman.network.name, CgroupParent: instance.podman.cgroup },
  });
  await startContainer(instance.podman.engine, id);
  return id;
}

test('a container runs, runs commands, and stops by its signal', async () => {
  const { engine } = instance.podman;
  const id = await startShell('signals', 'trap "exit 7" INT; while :; do sleep 0.05; done');
  const result = await execInContainer(engine, id, ['sh', '-c', 'echo out; echo err >&2; exit 3'], { timeoutMs: 5000 });
  assert.equal(result.exitCode, 3);
  assert.deepEqual(result.output.trim().split('\n').sort(), ['err', 'out']);
  await stopContainer(engine, id, 10);
  assert.equal((await findContainer(engine, id))?.State.ExitCode, 7);
  assert.equal((await listContainers(engine, { test: 'signals' })).length, 1);
  assert.equal((await listContainers(engine, { test: 'other' })).length, 0);
});

test('a command that does not end in time is reported so', async () => {
  const id = await startShell('slow', 'sleep 100');
  await assert.rejects(
    execInContainer(instance.podman.engine, id, ['sleep', '50'], { timeoutMs: 300 }),
    ExecTimeoutError,
  );
});

test('the end of a container is told at once', async () => {
  const ended = new Set<string>();
  const told = Promise.withResolvers<void>();
  using _ = instance.podman.onExit((id) => {
    ended.add(id);
    told.resolve();
  });
  const id = await startShell('short', 'exit 4');
  await told.promise;
  assert.ok(ended.has(id));
  const found = await findContainer(instance.podman.engine, id);
  assert.deepEqual([found?.State.Running, found?.State.ExitCode], [false, 4]);
});

test('absent things are undefined, refused requests say why', async () => {
  const { engine } = instance.podman;
  assert.equal(await findContainer(engine, 'absent'), undefined);
  assert.equal(await findImage(engine, 'localhost/absent:1'), undefined);
  await assert.rejects(
    createContainer(engine, 'x', { Image: 'localhost/absent:1', Labels: {}, HostConfig: {} }),
    (error) => error instanceof EngineError && error.statusCode === 404 && /no such image/.test(error.message),
  );
});

test('a failed pull throws although the engine answers 200', async () => {
  await assert.rejects(fetchImage(instance.podman.engine, '127.0.0.1:1/none:1'), /connection refused|pinging/);
});

test('images take further names and lose them', async () => {
  const { engine } = instance.podman;
  await tagImage(engine, busyboxImage, 'localhost/croft/other:2');
  assert.ok(await findImage(engine, 'localhost/croft/other:2'));
  await removeImage(engine, 'localhost/croft/other:2');
  assert.equal(await findImage(engine, 'localhost/croft/other:2'), undefined);
  assert.ok(await findImage(engine, busyboxImage));
});

test('a second start takes over the service; containers outlive the death of the service', async () => {
  const id = await startShell('survivor', 'sleep 1000');
  const pidFile = join(instance.dir, 'run', 'podman', 'podman.pid');
  const pid = Number(readFileSync(pidFile, 'utf8'));
  const options = {
    dir: instance.dir,
    instanceId: 'test',
    network: instance.podman.network,
    log: silentLog,
  };
  using again = await startPodman(options);
  assert.equal(Number(readFileSync(pidFile, 'utf8')), pid);
  process.kill(pid, 'SIGKILL');
  await again.ensureRunning();
  const survivor = await findContainer(again.engine, id);
  assert.equal(survivor?.State.Running, true);
});
