import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { configMaps, deployments, jobs, namespaces, secrets } from '@croft/api/kinds';
import { createApiServer } from '@croft/apiserver/server';
import { createClient } from '@croft/client/client';
import { systemClock } from '@croft/foundation/clock';
import { silentLog } from '@croft/foundation/log';
import { loadChartFiles } from '@croft/helm/chart/load-files';
import type { UpgradeOptions } from '@croft/release/deploy-options';
import { installRelease } from '@croft/release/install';
import { previewUpgrade } from '@croft/release/preview';
import { readHistory } from '@croft/release/record-store';
import type { ReleaseContext } from '@croft/release/release-context';
import { rollbackRelease } from '@croft/release/rollback';
import { uninstallRelease } from '@croft/release/uninstall';
import { upgradeRelease } from '@croft/release/upgrade';
import { openMemoryStore } from '@croft/store/memory-store';

const release = { name: 'web', namespace: 'sites' };
const timeoutMs = 10_000;

async function setUp(t: TestContext, asHelm: 3 | 4) {
  const api = await createApiServer({ store: openMemoryStore(), clock: systemClock, log: silentLog });
  t.after(() => api[Symbol.asyncDispose]());
  const client = createClient(api.fetch, { fieldManager: 'someone' });
  await client.create(namespaces, { metadata: { name: release.namespace } });
  const context: ReleaseContext = { client, clock: systemClock, log: silentLog, asHelm };
  const history = async () =>
    (await readHistory(client, release)).map(({ version, info }) => `${version} ${info.status}`);
  return { client, context, history };
}

/** What a chart of these manifests is installed and upgraded with. */
function options(manifest: string, more: Partial<UpgradeOptions> = {}): UpgradeOptions {
  const files = { 'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n', 'templates/all.yaml': manifest };
  const chart = loadChartFiles(Object.entries(files).map(([name, text]) => ({ name, data: Buffer.from(text) })));
  return { release, chart, values: new Map(), timeoutMs, wait: false, ...more };
}

const config = (data: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: ${data}\n`;
const web = { namespace: 'sites', name: 'web' };

const deployment = (image: string, env: string) => `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: ${image}, env: ${env}}]
`;

test('an upgrade as Helm 3 leaves what others added, and takes back what they changed of its own', async (t) => {
  const { client, context } = await setUp(t, 3);
  await installRelease(context, options(deployment('one', '[{name: A, value: "1"}, {name: B, value: "2"}]')));
  const edit = {
    metadata: { labels: { mine: 'yes' } },
    spec: {
      replicas: 3,
      template: {
        spec: {
          containers: [
            { name: 'web', image: 'mine' },
            { name: 'side', image: 'x' },
          ],
        },
      },
    },
  };
  await client.patch(deployments, web, edit, { type: 'strategic' });
  await upgradeRelease(context, options(deployment('two', '[{name: A, value: "1"}]')));
  const { metadata, spec } = await client.get(deployments, web);
  assert.equal(metadata.labels?.mine, 'yes');
  assert.equal(spec?.replicas, 3);
  const containers = spec?.template.spec?.containers.map(({ name, image, env }) => [name, image, env]);
  assert.deepEqual(containers, [
    ['web', 'two', [{ name: 'A', value: '1' }]],
    ['side', 'x', undefined],
  ]);
});

test('an upgrade as Helm 4 refuses fields of others, unless it is to take them', async (t) => {
  const { client, context, history } = await setUp(t, 4);
  await installRelease(context, options(config('{a: "1", b: "1"}')));
  await client.patch(configMaps, web, { data: { a: 'mine', c: 'mine' } });
  const next = options(config('{a: "2"}'));
  await assert.rejects(
    upgradeRelease(context, next),
    /^ReleaseError: conflict occurred .* conflict with "someone" using v1: \.data\.a$/,
  );
  assert.deepEqual(await history(), ['1 deployed', '2 failed']);
  await upgradeRelease(context, { ...next, forceConflicts: true });
  assert.deepEqual((await client.get(configMaps, web)).data, { a: '2', c: 'mine' });
  assert.deepEqual(await history(), ['1 superseded', '2 failed', '3 deployed']);
});

test('Helm 4 takes a release of Helm 3 over, fields and records', async (t) => {
  const { client, context, history } = await setUp(t, 3);
  await installRelease(context, options(config('{a: "1", b: "1"}')));
  const as4: ReleaseContext = { ...context, asHelm: 4 };
  await upgradeRelease(as4, options(config('{a: "2"}'), { serverSide: true }));
  const { data, metadata } = await client.get(configMaps, web);
  assert.deepEqual(data, { a: '2' });
  assert.deepEqual(
    metadata.managedFields?.map(({ manager, operation }) => `${manager} ${operation}`),
    ['helm Apply'],
  );
  const [first, second] = await readHistory(client, release);
  assert.deepEqual([first?.apply_method, second?.apply_method], [undefined, 'ssa']);
  await rollbackRelease(context, { release, timeoutMs, wait: false });
  assert.deepEqual((await client.get(configMaps, web)).data, { a: '1', b: '1' });
  assert.deepEqual(await history(), ['1 superseded', '2 superseded', '3 deployed']);
});

test('an upgrade that fails with atomic is undone, and what it made is gone', async (t) => {
  const { client, context, history } = await setUp(t, 3);
  await installRelease(context, options(config('{a: "1"}')));
  const broken = `${config('{a: "2"}')}---\napiVersion: v1\nkind: Secret\nmetadata: {name: extra}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: bad}\nspec: {ports: [{port: 70000}]}\n`;
  await assert.rejects(
    upgradeRelease(context, options(broken, { rollbackOnFailure: true, wait: true })),
    /release web failed, and has been rolled back due to atomic being set: failed to create resource: Service "bad" is invalid/,
  );
  assert.deepEqual((await client.get(configMaps, web)).data, { a: '1' });
  assert.equal(await client.find(secrets, { namespace: 'sites', name: 'extra' }), undefined);
  assert.deepEqual(await history(), ['1 superseded', '2 failed', '3 deployed']);
});

test('an interruption ends the wait for a hook and is recorded', async (t) => {
  const { client, context, history } = await setUp(t, 3);
  const hook =
    'apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: slow\n  annotations: {helm.sh/hook: pre-install}\nspec:\n  template:\n    spec:\n      restartPolicy: Never\n      containers: [{name: main, image: none}]\n';
  const stop = new AbortController();
  const installing = installRelease({ ...context, signal: stop.signal }, options(hook));
  const seen = (async () => {
    for await (const { object } of client.watch(jobs, { namespace: 'sites' }))
      if (object.metadata.name === 'slow') return;
  })();
  await seen;
  stop.abort(new Error('context canceled'));
  await assert.rejects(installing, /failed pre-install: .*context canceled/s);
  assert.deepEqual(await history(), ['1 failed']);
});

const lamps = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: lamps.test.croft.dev}
spec:
  group: test.croft.dev
  scope: Namespaced
  names: {plural: lamps, kind: Lamp}
  versions:
    - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}
`;

test('objects of custom kinds get the difference of the manifests', async (t) => {
  const { client, context } = await setUp(t, 3);
  const lamp = (spec: string) => `apiVersion: test.croft.dev/v1\nkind: Lamp\nmetadata: {name: web}\nspec: ${spec}\n`;
  const first = options(lamp('{color: red, spots: [1]}'));
  const crd = { name: 'crds/lamps.yaml', data: Buffer.from(lamps) };
  await installRelease(context, { ...first, chart: { ...first.chart, files: [crd] } });
  const kind = await client.findKind('test.croft.dev/v1', 'Lamp');
  assert.ok(kind);
  await client.patch(kind, web, { spec: { color: 'mine', added: true } });
  await upgradeRelease(context, options(lamp('{color: red, spots: [2]}')));
  const { spec } = (await client.get(kind, web)) as { spec?: unknown };
  assert.deepEqual(spec, { color: 'mine', added: true, spots: [2] });
});

test('a preview tells what would become of each object, and changes none', async (t) => {
  const { client, context, history } = await setUp(t, 3);
  await installRelease(
    context,
    options(`${config('{a: "1"}')}---\napiVersion: v1\nkind: Secret\nmetadata: {name: old}\n`),
  );
  const next = `${config('{a: "2"}')}---\napiVersion: v1\nkind: Service\nmetadata: {name: bad}\nspec: {ports: [{port: 70000}]}\n`;
  const changes = await previewUpgrade(context, options(next));
  const told = changes.map(({ resolved, before, after, refusal }) => [
    resolved.kind.kind,
    before !== undefined,
    after !== undefined,
    refusal !== undefined,
  ]);
  assert.deepEqual(told, [
    ['ConfigMap', true, true, false],
    ['Service', false, true, true],
    ['Secret', true, false, false],
  ]);
  assert.deepEqual(changes[0]?.after?.data, { a: '2' });
  assert.deepEqual((await client.get(configMaps, web)).data, { a: '1' });
  assert.deepEqual(await history(), ['1 deployed']);
});

test('a record that no Secret can hold leaves nothing behind, and says what to do', async (t) => {
  const { client, context, history } = await setUp(t, 3);
  const noise = Buffer.alloc(2 * 1024 * 1024);
  for (let at = 0; at < noise.length; at++) noise[at] = (at * 2_654_435_761) >>> (at % 24);
  const large = options(config('{a: "1"}'));
  const chart = { ...large.chart, files: [{ name: 'files/noise.bin', data: noise }] };
  await assert.rejects(installRelease(context, { ...large, chart }), (error: Error & { advice?: string }) => {
    assert.match(
      error.message,
      /^create: failed to create: Secret "sh\.helm\.release\.v1\.web\.v1" is invalid: data: Too long/,
    );
    assert.match(error.advice ?? '', /takes \d\.\d MiB, and a Secret holds 1 MiB: keep large files out of the chart/);
    return true;
  });
  assert.equal(await client.find(configMaps, web), undefined);
  assert.deepEqual(await history(), []);
});

test('objects that their manifest keeps stay, and say so', async (t) => {
  const { client, context } = await setUp(t, 3);
  const kept =
    'apiVersion: v1\nkind: Secret\nmetadata:\n  name: kept\n  annotations: {helm.sh/resource-policy: keep}\n';
  await installRelease(context, options(`${config('{a: "1"}')}---\n${kept}`));
  assert.deepEqual(await uninstallRelease(context, { release, timeoutMs, wait: true }), ['[Secret] kept']);
  assert.ok(await client.find(secrets, { namespace: 'sites', name: 'kept' }));
  assert.equal(await client.find(configMaps, web), undefined);
});
