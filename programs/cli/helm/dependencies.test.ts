import assert from 'node:assert/strict';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '@croft/foundation/process';
import { serveFolder } from '@croft/repository/testing/folder-server';
import { startTestRegistry } from '@croft/repository/testing/test-registry';
import { type HelmSession, startHelmSession } from './testing/helm-session.ts';

/** Packages charts into `repo/` and makes an index of them. */
async function fillRepository(session: HelmSession, ...charts: string[]): Promise<void> {
  for (const chart of charts) {
    const [name, version] = chart.split(' ');
    await session.write(`src/${name}/Chart.yaml`, `apiVersion: v2\nname: ${name}\nversion: ${version}\n`);
    await session.write(`src/${name}/templates/a.yaml`, `a: ${name} {{ .Chart.Version }}\n`);
    await session.ok(`package src/${name} -d repo`);
  }
  await session.ok('repo index repo');
}

const listed = async (session: HelmSession) => (await readdir(join(session.folder, 'app/charts'))).sort();
const lockOf = (session: HelmSession, name = 'Chart.lock') => readFile(join(session.folder, 'app', name), 'utf8');

test('dependencies of all kinds are locked, fetched, rebuilt and listed', async () => {
  await using session = await startHelmSession();
  await using registry = await startTestRegistry();
  await fillRepository(session, 'one 1.0.0', 'one 1.5.0', 'one 2.0.0', 'two 0.3.0');
  await using server = await serveFolder(join(session.folder, 'repo'));
  await session.ok(`repo add our ${server.url}`);
  await session.ok(`push repo/two-0.3.0.tgz oci://${registry.host}/charts`);
  await session.write('beside/Chart.yaml', 'apiVersion: v2\nname: beside\nversion: 0.0.7\n');
  await session.write('app/charts/inside/Chart.yaml', 'apiVersion: v2\nname: inside\nversion: 1.1.1\n');
  await session.write(
    'app/Chart.yaml',
    `apiVersion: v2
name: app
version: 0.1.0
dependencies:
- {name: one, version: ^1, repository: "@our", condition: one.enabled}
- {name: two, version: ">=0.1", repository: "oci://${registry.host}/charts", alias: second, tags: [x]}
- {name: beside, version: 0.x, repository: "file://../beside"}
- {name: inside, version: ~1.1, repository: ""}
`,
  );
  const status = async () => (await session.ok('dep list app')).split('\n').map((line) => line.split('\t')[3]?.trim());
  assert.deepEqual((await status()).slice(1, 5), ['missing', 'missing', 'missing', 'unpacked']);

  const out = await session.ok('dependency update app');
  assert.equal(
    out,
    `Hang tight while we grab the latest from your chart repositories...
...Successfully got an update from the "our" chart repository
Update Complete. ⎈Happy Helming!⎈
Saving 4 charts
Downloading one from repo ${server.url}
Downloading two from repo oci://${registry.host}/charts
Dependency inside did not declare a repository. Assuming it exists in the charts directory
Deleting outdated charts
`,
  );
  assert.deepEqual(await listed(session), ['beside-0.0.7.tgz', 'inside', 'one-1.5.0.tgz', 'two-0.3.0.tgz']);
  assert.match(
    await lockOf(session),
    new RegExp(`^dependencies:
- name: one
  repository: ${server.url}
  version: 1\\.5\\.0
- name: two
  repository: oci://${registry.host}/charts
  version: 0\\.3\\.0
- name: beside
  repository: file://\\.\\./beside
  version: 0\\.0\\.7
- name: inside
  repository: ""
  version: ~1\\.1
digest: sha256:[0-9a-f]{64}
generated: "20\\d\\d-.*Z"
$`),
  );
  assert.deepEqual((await status()).slice(1, 5), ['ok', 'ok', 'ok', 'unpacked']);
  assert.match(await session.ok('template r app'), /a: one 1\.5\.0/);

  // A newer version does not change what is locked until an update.
  const before = await lockOf(session);
  await fillRepository(session, 'one 1.6.0');
  await rm(join(session.folder, 'app/charts/one-1.5.0.tgz'));
  await session.ok('dependency build app');
  assert.deepEqual(await listed(session), ['beside-0.0.7.tgz', 'inside', 'one-1.5.0.tgz', 'two-0.3.0.tgz']);
  assert.equal(await lockOf(session), before);
  await session.ok('dep up app');
  assert.deepEqual(await listed(session), ['beside-0.0.7.tgz', 'inside', 'one-1.6.0.tgz', 'two-0.3.0.tgz']);
  await session.write('app/charts/stray.tgz', 'no chart');
  await session.fails('dep ls app', /error unpacking subchart tarball|error unpacking .*stray\.tgz/);
});

test('a dependency that cannot be had changes nothing', async () => {
  await using session = await startHelmSession();
  await fillRepository(session, 'one 1.0.0', 'two 1.0.0');
  await using server = await serveFolder(join(session.folder, 'repo'));
  const require = async (...lines: string[]) =>
    await session.write(
      'app/Chart.yaml',
      `apiVersion: v2\nname: app\nversion: 0.1.0\ndependencies:\n${lines.join('\n')}\n`,
    );
  const one = `- {name: one, version: 1.0.0, repository: "${server.url}"}`;
  await require(one);
  await session.fails('template r app', /found in Chart\.yaml, but missing in charts\/ directory: one/);
  assert.match(await session.ok('template r app --dependency-update'), /a: one 1\.0\.0/);
  const lock = await lockOf(session);
  const unchanged = async () => {
    assert.deepEqual(await listed(session), ['one-1.0.0.tgz']);
    assert.equal(await lockOf(session), lock);
    assert.deepEqual((await readdir(join(session.folder, 'app'))).sort(), ['Chart.lock', 'Chart.yaml', 'charts']);
  };
  await require(`- {name: two, version: 1.0.0, repository: "${server.url}"}`, `- {name: one, version: ^3, repository: "${server.url}"}`);
  await session.fails(
    'dependency update app',
    /can't get a valid version for 1 subchart\(s\): "one" \(repository "http.*", version "\^3"\)\. Make sure/,
  );
  await unchanged();
  await session.fails(
    'dependency build app',
    /the lock file \(Chart\.lock\) is out of sync with the dependencies file \(Chart\.yaml\)/,
  );
  await require(`- {name: two, version: 1.0.0, repository: "${server.url}"}`, '- {name: gone, version: 1.x, repository: "file://../gone"}');
  await session.fails('dependency update app', /directory .*\/gone not found/);
  await require(one, '- {name: other, version: 1.x, repository: stable}');
  await session.fails(
    'dependency update app',
    /no repository definition for stable\. Please add them via 'helm repo add'\nNote that repositories must be URLs/,
  );
  await require(one, '- {name: other, version: a b, repository: "http://127.0.0.1:1"}');
  await session.fails(
    'dependency update app',
    /dependency "other" has an invalid version\/constraint format: improper constraint: a b/,
  );
  await require(one, '- {name: two, version: 1.0.0, repository: "http://127.0.0.1:1"}');
  await session.fails('dependency update app', /no cached repo found\. \(try 'helm repo update'\)/);
  // The index names a file that is not what it says.
  await writeFile(join(session.folder, 'repo/two-1.0.0.tgz'), 'changed');
  await require(one, `- {name: two, version: 1.0.0, repository: "${server.url}"}`);
  await session.fails(
    'dependency update app',
    /could not download two 1\.0\.0 from http.* has digest sha256:.*but the index says/,
  );
  await unchanged();
});

test('charts of Helm 2 keep requirements.yaml and requirements.lock', async () => {
  await using session = await startHelmSession();
  await fillRepository(session, 'one 1.0.0');
  await using server = await serveFolder(join(session.folder, 'repo'));
  await session.write('app/Chart.yaml', 'apiVersion: v1\nname: app\nversion: 0.1.0\n');
  await session.write(
    'app/requirements.yaml',
    `dependencies:\n- {name: one, version: 1.x.x, repository: "${server.url}/"}\n`,
  );
  await session.ok('dependency update app');
  assert.match(await lockOf(session, 'requirements.lock'), /version: 1\.0\.0\ndigest: sha256:/);
  await session.fails(
    'dependency build app',
    /no repository definition for http:.*Please add the missing repos via 'helm repo add'/,
  );
  await session.ok(`repo add our ${server.url}`);
  await rm(join(session.folder, 'app/charts'), { recursive: true });
  await session.ok('dependency build app');
  assert.deepEqual(await listed(session), ['one-1.0.0.tgz']);
  assert.match(
    await session.ok('dependency list repo/one-1.0.0.tgz'),
    /^WARNING: no dependencies at repo\/one-1\.0\.0\.tgz\/charts\n$/,
  );
});

test('a signed package is verified wherever it is taken from', async () => {
  await using session = await startHelmSession();
  const env = { PATH: process.env.PATH, GNUPGHOME: join(session.folder, 'g') };
  const gpg = async (...args: string[]) =>
    (await run('gpg', ['--batch', '--passphrase', '', ...args], { timeoutMs: 60_000, env })).stdout;
  await session.write('g/gpg.conf', '');
  try {
    await gpg('--quick-gen-key', 'Ann <ann@x.test>', 'ed25519', 'sign', 'never');
    await gpg('--output', join(session.folder, 'secret.gpg'), '--export-secret-keys');
    await gpg('--output', join(session.folder, 'public.gpg'), '--export');
  } finally {
    await run('gpgconf', ['--kill', 'gpg-agent'], { timeoutMs: 60_000, env });
  }
  await session.write('src/one/Chart.yaml', 'apiVersion: v2\nname: one\nversion: 1.0.0\n');
  await session.fails('package src/one --sign', /--key is required for signing a package/);
  await session.ok('package src/one -d repo --sign --key Ann --keyring secret.gpg');
  assert.match(
    await session.ok('verify repo/one-1.0.0.tgz --keyring public.gpg'),
    /^Signed by: Ann <ann@x\.test>\nUsing Key With Fingerprint: [0-9A-F]{40}\nChart Hash Verified: sha256:[0-9a-f]{64}\n$/,
  );
  await session.ok('repo index repo');
  await using server = await serveFolder(join(session.folder, 'repo'));
  await session.ok(`repo add our ${server.url}`);
  assert.match(await session.ok('pull our/one --verify --keyring public.gpg -d got'), /Chart Hash Verified/);
  assert.deepEqual((await readdir(join(session.folder, 'got'))).sort(), ['one-1.0.0.tgz', 'one-1.0.0.tgz.prov']);
  await session.fails('pull our/one --verify --keyring none.gpg -d other', /failed to load keyring/);
  await assert.rejects(readdir(join(session.folder, 'other')), { code: 'ENOENT' });
  await using registry = await startTestRegistry();
  await session.ok(`push repo/one-1.0.0.tgz oci://${registry.host}/x`);
  assert.match(
    await session.ok(`pull oci://${registry.host}/x/one --verify --keyring public.gpg -d third`),
    /Chart Hash Verified/,
  );
  await session.ok('template r our/one --verify --keyring public.gpg');
});
