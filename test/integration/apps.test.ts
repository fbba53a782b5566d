import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { configMaps, persistentVolumeClaims, persistentVolumes, secrets } from '@croft/api/kinds';
import type { PersistentVolumeClaim, Secret } from '@croft/api/types';
import { settingsKey, startApps } from '@croft/apps/controller';
import { startVolumeRemover } from '@croft/apps/volume-remover';
import { helmReleases } from '@croft/gitops/helm-release/types';
import { kustomizations } from '@croft/gitops/kustomization/types';
import { gitRepositories } from '@croft/gitops/types';
import { parse } from 'yaml';
import { createRepository } from '../support/repository.ts';
import { startWorld } from '../support/world.ts';

async function setUp(t: TestContext) {
  const world = await startWorld(t);
  const apps = startApps({ ...world.context, portSuffix: ':8443' });
  t.after(() => apps[Symbol.asyncDispose]());
  const remover = startVolumeRemover(world.context);
  t.after(() => remover[Symbol.asyncDispose]());
  const { client } = world;
  const settle = (text: string) =>
    client.apply(configMaps, { metadata: settingsKey, data: { 'settings.yaml': text } }, { force: true });
  const describeWeb = (settings: string) =>
    client.apply(
      configMaps,
      {
        metadata: {
          namespace: 'croft-system',
          name: 'web-application',
          labels: { 'apps.croft.dev/application': 'web' },
        },
        data: { 'application.yaml': 'title: Web', 'settings.yaml': settings },
      },
      { force: true },
    );
  const key = { namespace: 'croft-system', name: 'web-settings' };
  const untilValues = async (is: (values: Record<string, unknown>, secret: Secret) => boolean) => {
    const found = await world.until(secrets, key, (secret) => secret !== undefined && is(valuesOf(secret), secret));
    return valuesOf(found);
  };
  return { ...world, settle, describeWeb, key, untilValues };
}

const text = (secret: Secret | undefined, key: string) =>
  Buffer.from(secret?.data?.[key] ?? '', 'base64').toString('utf8');
const valuesOf = (secret: Secret | undefined) => parse(text(secret, 'values.yaml')) as Record<string, unknown>;

test('passwords are made once, new keys are merged, what stands there is never overwritten', async (t) => {
  const { client, settle, describeWeb, key, untilValues } = await setUp(t);
  await settle('domain: example.org\nenabled_applications: [web]\n');
  await describeWeb('host: web.${domain}${portSuffix}\npassword: ${password:main}\n');
  const first = await untilValues(() => true);
  assert.equal(first.host, 'web.example.org:8443');
  assert.match(String(first.password), /^[A-Za-z0-9]{32}$/);

  await describeWeb('host: web.${domain}${portSuffix}\npassword: ${password:main}\ntitle: New\nmode: shipped\n');
  assert.deepEqual(await untilValues(({ title }) => title === 'New'), { ...first, title: 'New', mode: 'shipped' });

  const edited = { ...first, title: 'Mine', mode: 'shipped', extra: 1 };
  await client.patch(secrets, key, { stringData: { 'values.yaml': JSON.stringify(edited) } });
  await describeWeb(
    'host: web.${domain}${portSuffix}\npassword: ${password:main}\ntitle: Newer\nmode: other\nmore: 2\n',
  );
  assert.deepEqual(await untilValues(({ more }) => more === 2), { ...edited, mode: 'other', more: 2 });
});

test("the settings' values win, and enabled follows the list", async (t) => {
  const { settle, describeWeb, untilValues } = await setUp(t);
  await settle('domain: a.org\nenabled_applications: [web]\napplications: {web: {values: {title: Own, a: {b: 1}}}}\n');
  await describeWeb('title: Default\na: {b: 0, c: 0}\n');
  const values = await untilValues((_, secret) => text(secret, 'enabled') === 'true');
  assert.deepEqual(values, { title: 'Own', a: { b: 1, c: 0 } });
  await settle('domain: a.org\nenabled_applications: []\n');
  const after = await untilValues((_, secret) => text(secret, 'enabled') === 'false');
  assert.deepEqual(after, { title: 'Default', a: { b: 0, c: 0 } });
});

test('an application that nobody described is enabled, disabled and listed by its prescription', async (t) => {
  const { client, root, settle, until } = await setUp(t);
  const repository = await createRepository(root);
  const release = 'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: blog}\n';
  const chart =
    'spec:\n  chart: {spec: {chart: ./charts/blog, sourceRef: {kind: GitRepository, name: catalog, namespace: croft-system}}}\n';
  await repository.commit({
    'flux/sites/blog.yml': release + chart,
    'flux/shop/blog.yaml': release + chart,
    'charts/blog/Chart.yaml': 'apiVersion: v2\nname: blog\nversion: 1.2.3\nappVersion: "7"\n',
    'charts/blog/templates/note.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: note}\n',
  });
  await client.create(gitRepositories, {
    metadata: { namespace: 'croft-system', name: 'catalog' },
    spec: { url: repository.url, interval: '1h', ref: { branch: 'main' } },
  });
  await client.create(kustomizations, {
    metadata: {
      namespace: 'croft-system',
      name: 'catalog',
      annotations: { 'kustomize.croft.dev/layout': 'prescriptions', 'kustomize.croft.dev/release-interval': '7m' },
    },
    spec: { interval: '1h', prune: true, path: './flux', sourceRef: { kind: 'GitRepository', name: 'catalog' } },
  });
  const listing = await until(configMaps, { namespace: 'croft-system', name: 'catalog-prescribed' }, (found) =>
    Boolean(found),
  );
  assert.deepEqual(JSON.parse(listing?.data?.['releases.json'] ?? ''), [
    {
      name: 'blog',
      namespace: 'shop',
      file: 'flux/shop/blog.yaml',
      chart: './charts/blog',
      version: '1.2.3',
      appVersion: '7',
    },
    {
      name: 'blog',
      namespace: 'sites',
      file: 'flux/sites/blog.yml',
      chart: './charts/blog',
      version: '1.2.3',
      appVersion: '7',
    },
  ]);

  const own = 'applications: {blog: {namespace: sites, values: {a: 1}}}\n';
  await settle(`domain: a.org\nenabled_applications: [blog]\n${own}`);
  const installed = await until(helmReleases, { namespace: 'sites', name: 'blog' }, (found) => found !== undefined);
  assert.equal(installed?.spec?.interval, '7m');
  assert.deepEqual(valuesOf(await client.find(secrets, { namespace: 'sites', name: 'blog-settings' })), { a: 1 });
  assert.equal(await client.find(helmReleases, { namespace: 'shop', name: 'blog' }), undefined);
  await settle(`domain: a.org\nenabled_applications: []\n${own}`);
  await until(helmReleases, { namespace: 'sites', name: 'blog' }, (found) => found === undefined);
});

test('a Secret that a person made is left alone while the settings do not name the application', async (t) => {
  const { client, settle, until, key } = await setUp(t);
  const made = { metadata: key, stringData: { enabled: 'true', 'values.yaml': 'a: 1' } };
  await client.create(secrets, made);
  const releases = [{ name: 'web', namespace: 'croft-system', file: 'flux/web.yaml', chart: 'web', version: '1' }];
  await client.create(configMaps, {
    metadata: { namespace: 'croft-system', name: 'p', labels: { 'apps.croft.dev/prescribed': 'p' } },
    data: { 'releases.json': JSON.stringify(releases) },
  });
  const placed = 'applications: {other: {namespace: elsewhere, values: {b: 2}}}\n';
  await settle(`domain: a.org\nenabled_applications: [other]\n${placed}`);
  const other = await until(secrets, { namespace: 'elsewhere', name: 'other-settings' }, (found) => Boolean(found));
  assert.deepEqual([text(other, 'enabled'), valuesOf(other)], ['true', { b: 2 }]);
  const left = await client.get(secrets, key);
  assert.deepEqual([text(left, 'enabled'), text(left, 'values.yaml')], ['true', 'a: 1']);
  await settle('domain: a.org\nenabled_applications: [web]\napplications: {web: {values: {c: 3}}}\n');
  const taken = await until(secrets, key, (found) => valuesOf(found).c === 3);
  assert.deepEqual(valuesOf(taken), { a: 1, c: 3 });
});

test('volumes are kept unless the settings say otherwise, and go only after the release', async (t) => {
  const { client, until } = await setUp(t);
  const namespace = 'croft-system';
  const access = { accessModes: ['ReadWriteOnce'] };
  await client.create(persistentVolumes, {
    metadata: { name: 'volume' },
    spec: { ...access, capacity: { storage: '1Gi' }, hostPath: { path: '/nonexistent' } },
  });
  const claim = (name: string, metadata: object, spec: object = {}) =>
    client.create(persistentVolumeClaims, {
      metadata: { namespace, name, ...metadata },
      spec: { ...access, resources: { requests: { storage: '1Gi' } }, ...spec },
    });
  await claim('data', { annotations: { 'meta.helm.sh/release-name': 'web' } }, { volumeName: 'volume' });
  await claim('kept', { labels: { 'app.kubernetes.io/instance': 'shop' } });
  await claim('last', { labels: { 'app.kubernetes.io/instance': 'gone' } });
  const record = { namespace, name: 'sh.helm.release.v1.web.v1' };
  const recordOfWeb = { metadata: { ...record, labels: { owner: 'helm', name: 'web' } }, type: 'helm.sh/release.v1' };
  await client.create(secrets, recordOfWeb);
  const settle = (name: string, data: Record<string, string>) =>
    client.create(secrets, { metadata: { namespace, name: `${name}-settings` }, stringData: data });
  const isGoing = (found: PersistentVolumeClaim | undefined) => found?.metadata?.deletionTimestamp !== undefined;

  await settle('web', { enabled: 'false', volumes: 'delete' });
  await settle('shop', { enabled: 'false' });
  await settle('gone', { enabled: 'false', volumes: 'delete' });
  await until(persistentVolumeClaims, { namespace, name: 'last' }, isGoing);
  assert.ok(!isGoing(await client.get(persistentVolumeClaims, { namespace, name: 'data' })), 'its release is there');
  await client.remove(secrets, record);
  await until(persistentVolumeClaims, { namespace, name: 'data' }, isGoing);
  const volume = await client.get(persistentVolumes, { name: 'volume' });
  assert.equal(volume.spec?.persistentVolumeReclaimPolicy, 'Delete');
  assert.ok(!isGoing(await client.get(persistentVolumeClaims, { namespace, name: 'kept' })));
});
