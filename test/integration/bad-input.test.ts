import assert from 'node:assert/strict';
import { mkdir, mkdtemp, open, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { hasErrorCode } from '@croft/foundation/errors';
import { type RunResult, run } from '@croft/foundation/process';
import { eventually, makeTinyCatalog, startInstance } from '../support/instance.ts';
import { readPrintedStatus, tinyContainers, tinyVersion } from '../support/tiny.ts';

const main = join(import.meta.dirname, '..', '..', 'programs', 'cli', 'main.ts');

async function makeFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'croft-bad-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function croft(args: string[], env: NodeJS.ProcessEnv = process.env): Promise<RunResult> {
  return await run(process.execPath, [main, ...args], { timeoutMs: 60_000, env, okExitCodes: [0, 1, 2] });
}

test('unknown commands and flags are refused, with where to look', async () => {
  const command = await croft(['upp']);
  assert.deepEqual([command.exitCode, command.stdout], [2, '']);
  assert.match(command.stderr, /no command "upp".*croft help/);
  const flag = await croft(['up', '--http-prot', '80']);
  assert.equal(flag.exitCode, 1);
  assert.match(flag.stderr, /--http-prot.*croft help up/);
  const port = await croft(['up', '--http-port', '99999']);
  assert.equal(port.exitCode, 1);
  assert.match(port.stderr, /--http-port 99999: a port from 1 to 65535 is expected/);
  const surplus = await croft(['down', 'everything']);
  assert.equal(surplus.exitCode, 1);
  assert.match(surplus.stderr, /everything.*croft help down/);
});

test('a data directory without an instance is named, and nothing is made there', async (t) => {
  const missing = join(await makeFolder(t), 'missing');
  for (const command of ['status', 'down', 'kubeconfig', 'sync']) {
    const { exitCode, stderr } = await croft([command, '--data-dir', missing]);
    assert.equal(exitCode, 1, command);
    assert.match(stderr, new RegExp(`there is no Croft in ${missing}: run "croft up"`), command);
  }
  await assert.rejects(readdir(missing), /ENOENT/);
});

test('who is not root is told how to go on', async (t) => {
  const folder = await makeFolder(t);
  // In a namespace of its own: the sources may lie where another user cannot read them.
  const args = ['--user', '--map-user=1000', '--map-group=1000', process.execPath, main, 'up', '--data-dir', folder];
  const { stderr } = await run('unshare', args, {
    timeoutMs: 30_000,
    okExitCodes: [1],
    env: { ...process.env, HOME: folder },
  });
  assert.match(stderr, /needs root.*sudo \.\/croft up/);
});

test('a missing program is named with its package when nothing may be installed', async (t) => {
  const folder = await makeFolder(t);
  for (const program of await readdir('/usr/bin')) {
    if (program !== 'caddy') await symlink(join('/usr/bin', program), join(folder, program));
  }
  const env = { ...process.env, PATH: folder };
  const { exitCode, stderr } = await croft(['up', '--no-install', '--data-dir', join(folder, 'data')], env);
  assert.equal(exitCode, 1);
  assert.match(stderr, /--no-install forbids.*apt-get install -y caddy$/m);
});

test('a taken port is named with the program that holds it', async (t) => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const data = join(await makeFolder(t), 'data');
  const { exitCode, stderr } = await croft(['up', '--no-install', '--data-dir', data, '--http-port', String(port)]);
  assert.equal(exitCode, 1);
  assert.match(stderr, new RegExp(`port ${port} is taken by .*\\(process ${process.pid}\\).*--http-port`));
  await assert.rejects(readdir(data), /ENOENT/);
});

test('bad settings, sources and images are told, what runs goes on, and good ones heal', async (t) => {
  const instance = await startInstance(t, { catalog: await makeTinyCatalog(t), applications: ['tiny'] });
  const host = `tiny.${instance.domain}`;
  const path = join(instance.dataDir, 'settings.yaml');
  const good = await readFile(path, 'utf8');
  const problem = async (pattern: RegExp) =>
    await eventually(async () => {
      const status = await readPrintedStatus(instance);
      assert.match(status.message, pattern);
      assert.equal(status.ready, false);
    });
  const healed = async () => {
    await writeFile(path, good);
    await eventually(async () => {
      const { ready, message } = await readPrintedStatus(instance);
      assert.deepEqual([message, ready], ['', true]);
    });
  };
  const before = await tinyContainers(instance);

  await t.test('a broken settings file: the last good one stays in force, also over a restart', async () => {
    await writeFile(path, `${good}applications: {tiny: {values: [}}\n`);
    await problem(/settings\.yaml.*at line 3, column \d+/s);
    await instance.killCroft();
    instance.startCroft();
    await problem(/settings\.yaml.*at line 3, column \d+/s);
    const up = await instance.attempt('up', '--no-install');
    assert.equal(up.exitCode, 1);
    assert.match(up.stderr, /settings\.yaml.*at line 3/s);
    assert.equal((await instance.ask(host)).status, 200);
    await healed();
  });

  await t.test('a setting that is none is named', async () => {
    await writeFile(path, `${good}enable_applications: [tiny]\n`);
    await problem(/settings\.yaml: enable_applications: is no setting/);
    await healed();
  });

  await t.test('an application that the catalogue has not', async () => {
    await writeFile(path, good.replace('[tiny]', '[tiny, huge]'));
    await problem(/enables "huge", but the catalogue has no such application; it has tiny/);
    const enabling = await instance.attempt('apps', 'enable', 'huge');
    assert.equal(enabling.exitCode, 1);
    assert.match(enabling.stderr, /no application "huge"/);
    await healed();
  });

  await t.test('a repository that cannot be reached', async () => {
    await writeFile(path, `${good}flux_source: {repo: "http://127.0.0.1:9/none.git"}\n`);
    await problem(/GitRepository croft-system\/catalog: .*127\.0\.0\.1:9/s);
    assert.equal((await instance.ask(host)).status, 200);
    await healed();
  });

  await t.test('none of it touched the application', async () => {
    assert.deepEqual(await tinyContainers(instance), before);
  });

  await t.test('an image that does not build: the end of its output is in the status', async () => {
    const recipe = await instance.readPushed('images/tiny/Containerfile');
    await instance.push({
      ...(await tinyVersion(instance, 2)),
      'images/tiny/Containerfile': `${recipe}RUN ["/bin/busybox", "ls", "/no-such-folder"]\n`,
    });
    await eventually(async () => {
      const [tiny] = (await readPrintedStatus(instance)).applications;
      assert.match(
        tiny?.message ?? '',
        /image localhost\/croft\/tiny:2 could not be built.*no-such-folder: No such file/s,
      );
    });
    assert.equal((await instance.ask(host)).body.trim(), 'tiny 1');
    await instance.push({ ...(await tinyVersion(instance, 3)), 'images/tiny/Containerfile': recipe });
    await eventually(async () => {
      const [tiny] = (await readPrintedStatus(instance)).applications;
      assert.deepEqual([tiny?.version, tiny?.ready], ['3', true]);
    });
  });
});

test('too small a disk is told before anything is made', async (t) => {
  const folder = await makeFolder(t);
  await using disk = await mountDisk(join(folder, 'data'), '100m');
  const { exitCode, stderr } = await croft(['up', '--no-install', '--data-dir', disk.path]);
  assert.equal(exitCode, 1);
  assert.match(stderr, /disk: 0\.1 GiB free for .*free some room, or choose another disk with --data-dir/s);
  assert.deepEqual(await readdir(disk.path), []);
});

test('a full disk is told, what runs goes on, and room heals it', async (t) => {
  const instance = await startInstance(t, {
    catalog: await makeTinyCatalog(t),
    applications: ['tiny'],
    prepare: (dataDir) => mountDisk(dataDir, '2100m'),
  });
  const before = await tinyContainers(instance);
  const next = await tinyVersion(instance, 2);
  const filler = join(instance.dataDir, 'filler');
  await fill(filler);
  const disabling = await instance.attempt('apps', 'disable', 'tiny');
  assert.equal(disabling.exitCode, 1);
  assert.match(disabling.stderr, /no space left/i);
  await assert.rejects(instance.push(next), /no space left|disk/i);
  assert.equal((await instance.ask(`tiny.${instance.domain}`)).status, 200);
  assert.deepEqual(await tinyContainers(instance), before);
  await rm(filler);
  await eventually(async () => await instance.push(next));
  await eventually(async () => {
    const { applications } = await readPrintedStatus(instance);
    assert.deepEqual(
      applications.map(({ version, ready }) => ({ version, ready })),
      [{ version: '2', ready: true }],
    );
  });
});

/** A small disk in memory. */
async function mountDisk(path: string, size: string): Promise<AsyncDisposable & { path: string }> {
  await mkdir(path, { recursive: true });
  await run('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path], { timeoutMs: 10_000 });
  return {
    path,
    [Symbol.asyncDispose]: async () => {
      await run('umount', [path], { timeoutMs: 10_000 });
    },
  };
}

/** Takes all room that is left. */
async function fill(path: string): Promise<void> {
  const file = await open(path, 'w');
  const chunk = Buffer.alloc(1024 * 1024);
  try {
    for (;;) await file.write(chunk);
  } catch (error) {
    if (!hasErrorCode(error, 'ENOSPC')) throw error;
  } finally {
    await file.close();
  }
}
