import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { run } from '@croft/foundation/process';
import { eventually, makeTinyCatalog, startInstance, type TestInstance } from '../support/instance.ts';
import { stepsOf } from '../support/steps.ts';

const git = async (...args: string[]) =>
  (
    await run('git', ['-c', 'user.name=t', '-c', 'user.email=t@localhost', ...args], {
      timeoutMs: 60_000,
      env: { ...process.env, GIT_TERMINAL_PROMPT: '0' },
    })
  ).stdout.trim();

/** A workstation's folder: a git repository with the catalogue in it. */
async function makeWorkFolder(t: TestContext, catalog: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'croft-work-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await cp(catalog, folder, { recursive: true });
  await git('init', '--quiet', '--initial-branch=main', folder);
  await git('-C', folder, 'add', '--all');
  await git('-C', folder, 'commit', '--quiet', '-m', 'first');
  return folder;
}

async function setTitle(folder: string, title: string): Promise<void> {
  const path = join(folder, 'charts', 'tiny', 'values.yaml');
  await writeFile(path, (await readFile(path, 'utf8')).replace(/^title: .*$/m, `title: ${title}`));
}

test('applications are configured, folders and repositories followed, by commands that wait for the end', async (t) => {
  const catalog = await makeTinyCatalog(t);
  const instance = await startInstance(t, { catalog, applications: ['tiny'] });
  const step = stepsOf(t);
  /** The front door follows what is installed a moment later. */
  const shows = (text: string, host = 'tiny') =>
    eventually(async () => assert.equal((await instance.ask(`${host}.${instance.domain}`)).body.trim(), text), 10_000);
  const work = await makeWorkFolder(t, catalog);

  await step('the list says what is there, and a wrong name what is near', async () => {
    const [tiny] = JSON.parse(await instance.croft('apps', 'list', '-o', 'json'));
    const { name, namespace, enabled, version, available, ready, todo } = tiny;
    assert.deepEqual(
      { name, namespace, enabled, version, available, ready, todo },
      { name: 'tiny', namespace: 'apps', enabled: true, version: '1', available: '1', ready: true, todo: '' },
    );
    const { exitCode, stderr } = await instance.attempt('apps', 'enable', 'tinny');
    assert.equal(exitCode, 1);
    assert.match(stderr, /there is no application "tinny"; did you mean "tiny"\?/);
  });

  await step('values that are set stand in force when the command ends, and go back to the default', async () => {
    const said = await instance.croft('apps', 'configure', 'tiny', 'title=mine', `host=mine.${instance.domain}`);
    assert.match(said, /tiny is configured and ready: https:\/\/mine\./);
    await shows('mine 1', 'mine');
    await instance.croft('apps', 'configure', 'tiny', '--unset', 'title', '--unset', 'host');
    await shows('tiny 1');
    assert.doesNotMatch(await readFile(join(instance.dataDir, 'settings.yaml'), 'utf8'), /^applications:|mine/m);
  });

  await step('values that the chart refuses are told of, and mended', async () => {
    const { exitCode, stderr } = await instance.attempt('apps', 'configure', 'tiny', 'replicas=many');
    assert.equal(exitCode, 1);
    assert.match(stderr, /HelmRelease\/apps\/tiny: the update with other values failed, .*replicas.*\n {2}to do: /s);
    // Between two tries there is nothing to do.
    await eventually(async () => {
      const [tiny] = JSON.parse((await instance.attempt('status', '-o', 'json')).stdout).applications;
      assert.match(tiny.todo, /croft .*tiny/);
    });
    await shows('tiny 1');
    await instance.croft('apps', 'configure', 'tiny', '--unset', 'replicas');
  });

  await step('a folder is followed as it is, uncommitted changes too', async () => {
    await setTitle(work, 'local');
    await instance.croft('catalog', 'sync', work);
    await shows('local 1');
    assert.match(await instance.croft('catalog', 'show'), /\/local\.git/);
    assert.match(await instance.readPushed('charts/tiny/values.yaml'), /^title: tiny$/m, 'the catalogue is as it was');
    await setTitle(work, 'again');
    await instance.croft('catalog', 'sync', work);
    await shows('again 1');
    assert.equal(await git('-C', work, 'status', '--porcelain'), 'M charts/tiny/values.yaml');
  });

  await step('another repository and branch are followed, and never written to', async () => {
    await setTitle(work, 'other');
    await git('-C', work, 'commit', '--quiet', '-am', 'other');
    await git('-C', work, 'branch', 'stable');
    const refs = await git('-C', work, 'for-each-ref');
    await instance.croft('catalog', 'follow', `file://${work}`, '--branch', 'stable');
    await shows('other 1');
    const { exitCode, stderr } = await instance.attempt('catalog', 'follow', `file://${work}`, '--branch', 'none');
    assert.equal(exitCode, 1);
    assert.match(stderr, /GitRepository\/croft-system\/catalog: failed: .*none/);
    await shows('other 1');
    const { problems } = JSON.parse((await instance.attempt('status', '-o', 'json')).stdout);
    assert.match(problems[0].todo, /check flux_source in settings\.yaml/);
    assert.equal(await git('-C', work, 'for-each-ref'), refs);
    await instance.croft('catalog', 'follow', '--own');
    await shows('tiny 1');
  });

  await step('a repository of the instance is made, pushed to with a token, and followed at each push', async () => {
    const url = (await instance.croft('git', 'create', 'ours')).trim();
    const token = (await instance.croft('git', 'token', 'create', 'maria', '--repository', 'ours')).trim();
    const withToken = url.replace('http://', `http://maria:${token}@`);
    const push = () => git('-C', work, 'push', '--quiet', withToken, 'main');
    await push();
    await instance.croft('catalog', 'follow', url);
    await shows('other 1');
    await setTitle(work, 'pushed');
    await git('-C', work, 'commit', '--quiet', '-am', 'pushed');
    await push();
    await eventually(() => shows('pushed 1'));
    const { exitCode, stderr } = await instance.attempt('git', 'remove', 'ours', '--yes');
    assert.equal(exitCode, 1);
    assert.match(stderr, /the instance follows "ours"/);
    await instance.croft('git', 'token', 'revoke', 'maria');
    await assert.rejects(push(), /Authentication failed|terminal prompts disabled|could not read/);
    await instance.croft('catalog', 'follow', '--own');
    await instance.croft('git', 'remove', 'ours', '--yes');
    const names = JSON.parse(await instance.croft('git', 'list', '-o', 'json')).map(
      ({ name }: { name: string }) => name,
    );
    assert.deepEqual(names, ['catalog', 'local']);
  });

  await step('disabled, its data stays; told so, it goes', async () => {
    await instance.croft('apps', 'disable', 'tiny');
    assert.equal(await instance.kubectl('get', 'helmreleases', '-A', '-o', 'name'), '');
    assert.equal((await dataFolders(instance)).length, 1);
    await instance.croft('apps', 'enable', 'tiny');
    await shows('tiny 1');
    await instance.croft('apps', 'disable', 'tiny', '--delete-volumes');
    await eventually(async () => assert.deepEqual(await dataFolders(instance), []));
  });
});

async function dataFolders({ dataDir }: TestInstance): Promise<string[]> {
  const entries = await readdir(join(dataDir, 'volumes'), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}
