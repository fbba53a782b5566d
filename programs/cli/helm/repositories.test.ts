import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { serveFolder } from '@croft/repository/testing/folder-server';
import { startTestRegistry } from '@croft/repository/testing/test-registry';
import { type HelmSession, startHelmSession } from './testing/helm-session.ts';

/** Packages a chart of this name and version into `charts/`. */
async function packageChart(session: HelmSession, name: string, version: string, extra = ''): Promise<void> {
  await session.write(`src/${name}/Chart.yaml`, `apiVersion: v2\nname: ${name}\nversion: ${version}\n${extra}`);
  await session.write(`src/${name}/templates/a.yaml`, 'kind: A\nname: {{ .Release.Name }}-{{ .Chart.Version }}\n');
  const { code, err } = await session.helm(`package src/${name} -d charts`);
  assert.equal(code, 0, err);
}

const rows = (out: string) =>
  out
    .slice(0, -1)
    .split('\n')
    .map((line) => line.split('\t').map((cell) => cell.trim()));

test('a repository is made, added, searched, used and removed', async () => {
  await using session = await startHelmSession();
  await packageChart(session, 'shop', '1.0.0', 'description: Sells things\nappVersion: "4"\n');
  await packageChart(session, 'shop', '1.1.0', 'description: Sells things\n');
  await packageChart(session, 'shop', '2.0.0-rc.1');
  await packageChart(session, 'cart', '0.1.0', 'keywords: [shopping]\n');
  await session.ok('repo index charts');
  await using server = await serveFolder(join(session.folder, 'charts'));

  await session.fails('repo list', /^Error: no repositories to show\n$/);
  await session.fails('repo update', /^Error: no repositories found\. You must add one before updating\n$/);
  await session.fails(
    `repo add x ${server.url}/none`,
    /^Error: looks like ".*\/none" is not a valid chart repository or cannot be reached: failed to fetch .*\/none\/index\.yaml : 404 Not Found\n$/,
  );
  assert.equal(await session.ok(`repo add our ${server.url}`), '"our" has been added to your repositories\n');
  assert.equal(
    await session.ok(`repo add our ${server.url}`),
    '"our" already exists with the same configuration, skipping\n',
  );
  await session.fails(
    `repo add our ${server.url}/x`,
    /repository name \(our\) already exists, please specify a different name/,
  );
  assert.deepEqual(rows(await session.ok('repo ls')), [
    ['NAME', 'URL'],
    ['our', server.url],
  ]);
  assert.equal(await session.ok('repo list -o json'), `[{"name":"our","url":"${server.url}"}]\n`);
  assert.equal(
    await readFile(join(session.folder, 'home/.config/helm/repositories.yaml'), 'utf8'),
    `apiVersion: ""\ngenerated: "0001-01-01T00:00:00Z"\nrepositories:\n- caFile: ""\n  certFile: ""\n  insecure_skip_tls_verify: false\n  keyFile: ""\n  name: our\n  pass_credentials_all: false\n  password: ""\n  url: ${server.url}\n  username: ""\n`,
  );

  assert.deepEqual(rows(await session.ok('search repo shop')), [
    ['NAME', 'CHART VERSION', 'APP VERSION', 'DESCRIPTION'],
    ['our/shop', '1.1.0', '', 'Sells things'],
    ['our/cart', '0.1.0', '', ''],
  ]);
  assert.equal((await session.ok('search repo our/shop -l --devel')).split('\n').length, 5);
  assert.equal(
    await session.ok('search repo -r ^shop.*S.lls --version ~1.0 -o yaml'),
    '- app_version: "4"\n  description: Sells things\n  name: our/shop\n  version: 1.0.0\n',
  );
  assert.equal(await session.ok('search repo nothing'), 'No results found\n');

  assert.match(await session.ok('template r our/shop'), /name: r-1\.1\.0/);
  assert.match(await session.ok('template r our/shop --devel'), /name: r-2\.0\.0-rc\.1/);
  assert.match(await session.ok(`template r shop --repo ${server.url} --version ^1`), /name: r-1\.1\.0/);
  assert.match(await session.ok(`template r ${server.url}/shop-1.0.0.tgz`), /name: r-1\.0\.0/);
  assert.match(await session.ok('show chart our/cart'), /^apiVersion: v2\nkeywords:\n- shopping\n/);
  await session.fails(
    'template r our/none',
    /chart "none" matching {2}not found in our index\. \(try 'helm repo update'\): no chart name found/,
  );
  await session.fails(
    'template r our/shop --version ^3',
    /chart "shop" matching \^3 not found in our index\. .*no chart version found for shop-\^3/,
  );
  await session.fails('template r theirs/shop', /repo theirs not found/);
  await session.fails(
    `template r shop --repo ${server.url} --version ^3`,
    /chart "shop" version "\^3" not found in .* repository/,
  );

  await session.ok('pull our/shop --version 1.0.0 -d got');
  assert.deepEqual(
    await readFile(join(session.folder, 'got/shop-1.0.0.tgz')),
    await readFile(join(session.folder, 'charts/shop-1.0.0.tgz')),
  );
  await session.ok('pull our/cart --untar -d got --untardir in');
  assert.deepEqual((await readdir(join(session.folder, 'got/in/cart'))).sort(), ['Chart.yaml', 'templates']);
  await session.fails(
    'pull our/cart --untar -d got --untardir in',
    /a file or directory with the name .*in\/cart already exists/,
  );
  await session.fails('pull our/cart --verify', /failed to fetch provenance ".*cart-0\.1\.0\.tgz\.prov"/);

  await packageChart(session, 'shop', '1.2.0');
  await session.ok('repo index charts --merge charts/index.yaml');
  assert.equal(
    await session.ok('repo update'),
    'Hang tight while we grab the latest from your chart repositories...\n...Successfully got an update from the "our" chart repository\nUpdate Complete. ⎈Happy Helming!⎈\n',
  );
  assert.match(await session.ok('template r our/shop'), /name: r-1\.2\.0/);
  await session.fails('repo update other', /no repositories found matching 'other'\. {2}Nothing will be updated/);
  assert.equal(await session.ok('repo rm our'), '"our" has been removed from your repositories\n');
  await session.fails('repo remove our', /no repositories configured/);
  assert.deepEqual(
    (await readdir(join(session.folder, 'home/.cache/helm/repository'))).filter((name) => name.startsWith('our')),
    [],
  );
});

test('settings lie where helm keeps them', async () => {
  await using session = await startHelmSession();
  const home = join(session.folder, 'home');
  const lines = (await session.ok('env --repository-config r.yaml -n far')).split('\n');
  assert.ok(lines.includes(`HELM_CACHE_HOME="${home}/.cache/helm"`));
  assert.ok(lines.includes(`HELM_REGISTRY_CONFIG="${home}/.config/helm/registry/config.json"`));
  assert.ok(lines.includes(`HELM_REPOSITORY_CONFIG="${session.folder}/r.yaml"`));
  assert.equal(await session.ok('env HELM_NAMESPACE -n far'), 'far\n');
});

test('an index that does not answer leaves the one that is there', async () => {
  await using session = await startHelmSession();
  await packageChart(session, 'shop', '1.0.0');
  await session.ok('repo index charts');
  await using server = await serveFolder(join(session.folder, 'charts'));
  await session.ok(`repo add our ${server.url}`);
  await session.write('charts/index.yaml', '<html>');
  const out = await session.ok('repo update');
  assert.match(
    out,
    /\.\.\.Unable to get an update from the "our" chart repository \(http:.*\):\n\terror loading http:/,
  );
  await session.fails('repo update --fail-on-repo-update-fail', /Failed to update the following repositories: \[http:/);
  assert.match(await session.ok('template r our/shop'), /name: r-1\.0\.0/);
});

test('a repository with a password gives its charts to those who know it', async () => {
  await using session = await startHelmSession();
  await packageChart(session, 'shop', '1.0.0');
  await session.ok('repo index charts');
  await using server = await serveFolder(join(session.folder, 'charts'), { username: 'ann', password: 'secret' });
  await session.fails(`repo add our ${server.url}`, /401 Unauthorized/);
  await session.ok(`repo add our ${server.url} --username ann --password secret`);
  assert.match(await session.ok('template r our/shop'), /name: r-1\.0\.0/);
  assert.match(await session.ok(`template r shop --repo ${server.url} --username ann --password secret`), /r-1\.0\.0/);
  await session.fails(`template r shop --repo ${server.url}`, /401 Unauthorized/);
  const config = await stat(join(session.folder, 'home/.config/helm/repositories.yaml'));
  assert.equal(config.mode & 0o777, 0o600);
});

test('a chart is pushed to a registry and taken from it', async () => {
  const user = { username: 'ann', password: 'secret' };
  await using session = await startHelmSession();
  await using server = await startTestRegistry({ user });
  await packageChart(session, 'shop', '1.0.0+b.1');
  const archive = 'charts/shop-1.0.0+b.1.tgz';
  await session.fails(`push ${archive} oci://${server.host}/ours`, /asks for a user name and a password/);
  await session.fails(`registry login ${server.host} -u ann -p wrong`, /authenticating to ".*": .*401 Unauthorized/);
  assert.match((await session.helm(`registry login ${server.host} -u ann -p secret`)).err, /Login Succeeded\n$/);
  const pushed = await session.helm(`push ${archive} oci://${server.host}/ours`);
  assert.equal(pushed.code, 0, pushed.err);
  assert.match(pushed.err, /^Pushed: 127\.0\.0\.1:\d+\/ours\/shop:1\.0\.0_b\.1\nDigest: sha256:[0-9a-f]{64}\n/);
  const [, digest] = /Digest: (\S+)/.exec(pushed.err) ?? [];
  const chart = `oci://${server.host}/ours/shop`;
  for (const line of [
    chart,
    `${chart} --version 1.0.0+b.1`,
    `${chart}:1.0.0+b.1`,
    `${chart}@${digest}`,
    `${chart} --version ^1`,
  ]) {
    assert.match(await session.ok(`template r ${line}`), /name: r-1\.0\.0\+b\.1/, line);
  }
  await mkdir(join(session.folder, 'got'));
  await session.ok(`pull ${chart} -d got`);
  await session.ok(`pull ${chart} --untar --untardir got`);
  assert.deepEqual((await readdir(join(session.folder, 'got'))).sort(), ['shop', 'shop-1.0.0+b.1.tgz']);
  await session.fails(`pull ${chart} --version 9.9.9`, /manifests\/9\.9\.9 : 404 Not Found: MANIFEST_UNKNOWN/);
  await session.fails(`push ${archive} ${server.host}/ours`, /invalid chart URL format: 127/);
  await session.fails(`push src/shop oci://${server.host}`, /cannot push directory, must provide chart archive/);
  await session.fails(`push none.tgz oci://${server.host}`, /none\.tgz: no such file/);
  assert.match((await session.helm(`registry logout ${server.host}`)).err, /Removing login credentials for 127/);
  await session.fails(`pull ${chart}`, /asks for a user name and a password/);
});

test('values come from a URL, and a program changes manifests on their way', async () => {
  await using session = await startHelmSession();
  await session.write('shop/Chart.yaml', 'apiVersion: v2\nname: shop\nversion: 1.0.0\n');
  await session.write('shop/templates/a.yaml', 'kind: A\nname: {{ .Values.name }}\n');
  await session.write('web/values.yaml', 'name: far\n');
  await using server = await serveFolder(join(session.folder, 'web'));
  assert.match(await session.ok(`template r shop -f ${server.url}/values.yaml`), /name: far/);
  await session.fails(`template r shop -f ${server.url}/none.yaml`, /failed to fetch .*\/none\.yaml : 404 Not Found/);
  const renderer = '--post-renderer sed --post-renderer-args s/far/near/';
  assert.equal(
    await session.ok(`template r shop --set name=far ${renderer}`),
    '---\n# Source: shop/templates/a.yaml\nkind: A\nname: near\n',
  );
  await session.fails(
    'template r shop --post-renderer false',
    /error while running post render on files: false (failed|closed its input)/,
  );
});
