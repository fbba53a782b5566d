import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { run } from '@croft/foundation/process';

const main = join(import.meta.dirname, '..', '..', 'programs', 'cli', 'main.ts');

/** The data directory of an instance that does not run: what these commands work on. */
async function setUp(t: TestContext) {
  const root = await mkdtemp(join(tmpdir(), 'croft-commands-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const dataDir = join(root, 'data');
  const settings = join(dataDir, 'settings.yaml');
  await mkdir(dataDir);
  const ports = { httpPort: 1, httpsPort: 2, apiPort: 3, gitPort: 8418 };
  await writeFile(join(dataDir, 'instance.json'), JSON.stringify({ id: 'abcdef', network: 250, ...ports }));
  await writeFile(settings, '# ours\ndomain: example.org\nenabled_applications: []\n');
  const attempt = async (args: string[], input?: Uint8Array) =>
    await run(process.execPath, [main, ...args], {
      timeoutMs: 60_000,
      env: { ...process.env, CROFT_DATA_DIR: dataDir },
      okExitCodes: [0, 1, 2],
      ...(input === undefined ? {} : { input }),
    });
  return {
    root,
    dataDir,
    settings: () => readFile(settings, 'utf8'),
    breakSettings: () => writeFile(settings, 'domain: example.org\nflux_sorce: {}\n'),
    croft: async (...args: string[]) => {
      const { exitCode, stdout, stderr } = await attempt(args);
      assert.equal(exitCode, 0, stderr);
      return stdout.trim();
    },
    fails: async (...args: string[]) => {
      const { exitCode, stderr } = await attempt(args);
      assert.notEqual(exitCode, 0);
      return stderr.trim();
    },
    attempt,
  };
}

test('repositories and tokens are made, listed and removed', async (t) => {
  const { croft, fails, dataDir } = await setUp(t);
  assert.equal(await croft('git', 'create', 'ours'), 'http://127.0.0.1:8418/ours.git');
  await croft('git', 'create', 'payroll', '--private');
  assert.match(await fails('git', 'create', 'ours'), /there is a repository "ours" already/);
  assert.equal(
    (await croft('git')).replaceAll(/ +/g, ' '),
    'NAME BRANCH COMMIT ACCESS URL\nours main empty readable http://127.0.0.1:8418/ours.git\npayroll main empty private http://127.0.0.1:8418/payroll.git',
  );
  assert.equal(await croft('git', 'url', 'payroll'), 'http://127.0.0.1:8418/payroll.git');
  assert.match(await fails('git', 'url', 'payrol'), /no repository "payrol"; did you mean "payroll"\?/);
  const token = await croft('git', 'token', 'create', 'ci', '--repository', 'ours', '--read-only');
  assert.match(token, /^[\w-]{32}$/);
  const [listed] = JSON.parse(await croft('git', 'token', '-o', 'json'));
  const { name, right, repository } = listed;
  assert.deepEqual({ name, right, repository }, { name: 'ci', right: 'read', repository: 'ours' });
  assert.ok(!('digest' in listed));
  assert.match(await fails('git', 'token', 'create', 'x', '--repository', 'none'), /no repository "none"/);
  await croft('git', 'token', 'revoke', 'ci');
  assert.equal(await croft('git', 'token', 'list', '-o', 'json'), '[]');
  assert.match(await fails('git', 'remove', 'ours'), /will be gone for good\. Say so with --yes/);
  await croft('git', 'remove', 'ours', '--yes');
  await assert.rejects(stat(join(dataDir, 'git', 'ours.git')));
  assert.match(await fails('git', 'remove', 'catalog', '--yes'), /it is not removed/);
});

test('a folder, another repository, and the own one are followed; comments stay', async (t) => {
  const { root, croft, fails, settings } = await setUp(t);
  const shown = async () => JSON.parse(await croft('catalog', 'show', '-o', 'json'));
  assert.equal((await shown()).url, 'http://127.0.0.1:8418/catalog.git');
  const folder = join(root, 'work');
  await mkdir(join(folder, 'clusters'), { recursive: true });
  await writeFile(join(folder, 'clusters', 'a.yaml'), 'a: 1\n');
  assert.match(await fails('catalog', 'sync', folder, '--no-wait'), /work has no folder "flux" .* --path/);
  await croft('catalog', 'follow', 'https://git.example.org/ours.git', '--branch', 'b', '--path', 'p', '--no-wait');
  await croft('catalog', 'sync', folder, '--path', 'clusters', '--no-wait');
  const intervals = { fetch: '1m', prescriptions: '1h', releases: '20m' };
  const local = 'http://127.0.0.1:8418/local.git';
  assert.deepEqual(await shown(), { url: local, branch: 'main', path: 'clusters', intervals });
  assert.match(await fails('git', 'remove', 'local', '--yes'), /the instance follows "local"/);
  await croft('catalog', 'follow', '--no-wait');
  const other = { url: 'https://git.example.org/ours.git', branch: 'b', path: 'p', intervals };
  assert.deepEqual(await shown(), other);
  assert.match(await fails('catalog', 'follow', '--branch', 'x', '--no-wait'), /--branch needs a URL/);
  assert.deepEqual(await shown(), other);
  await croft('catalog', 'follow', '--own', '--no-wait');
  assert.equal((await shown()).url, 'http://127.0.0.1:8418/catalog.git');
  assert.equal(await settings(), '# ours\ndomain: example.org\nenabled_applications: []\n');
});

test('a tarball from the input is followed as a folder is', async (t) => {
  const { root, dataDir, attempt } = await setUp(t);
  const folder = join(root, 'work');
  await mkdir(join(folder, 'flux'), { recursive: true });
  await writeFile(join(folder, 'flux', 'a.yaml'), 'a: 1\n');
  await writeFile(join(folder, 'flux', 'b.secret'), 'x');
  await writeFile(join(folder, '.gitignore'), '*.secret\n');
  await run('tar', ['-czf', join(root, 'work.tgz'), '-C', folder, '.'], { timeoutMs: 10_000 });
  const { exitCode, stderr } = await attempt(
    ['catalog', 'sync', '-', '--no-wait'],
    await readFile(join(root, 'work.tgz')),
  );
  assert.equal(exitCode, 0, stderr);
  const list = ['--git-dir', join(dataDir, 'git', 'local.git'), 'ls-tree', '-r', '--name-only', 'main'];
  assert.equal((await run('git', list, { timeoutMs: 10_000 })).stdout, '.gitignore\nflux/a.yaml\n');
});

test('broken settings are not changed; commands that need a running instance say so', async (t) => {
  const { fails, breakSettings, settings, attempt } = await setUp(t);
  assert.match(await fails('apps', 'enable', 'wordpress'), /does not run; start it with "croft up"/);
  assert.match(await fails('sync'), /does not run; start it with "croft up"/);
  await breakSettings();
  const before = await settings();
  assert.match(await fails('catalog', 'follow', '--own', '--no-wait'), /settings\.yaml: flux_sorce: is no setting/);
  assert.equal(await settings(), before);
  const { stdout } = await attempt(['doctor', '-o', 'json']);
  const findings = JSON.parse(stdout) as { name: string; level: string; message: string; remedy?: string }[];
  const found = (name: string) => findings.find((finding) => finding.name === name);
  assert.match(found('settings')?.message ?? '', /flux_sorce: is no setting/);
  assert.equal(found('settings')?.level, 'fail');
  assert.equal(found('croft')?.remedy, 'croft up');
  for (const { level, remedy, message } of findings) assert.ok(level === 'ok' || remedy !== undefined, message);
});
