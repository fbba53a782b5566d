import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { configMaps, jobs, namespaces, pods, secrets } from '@croft/api/kinds';
import { createApiServer } from '@croft/apiserver/server';
import { createClient } from '@croft/client/client';
import { systemClock } from '@croft/foundation/clock';
import type { JsonObject } from '@croft/foundation/json';
import { silentLog } from '@croft/foundation/log';
import { readChart } from '@croft/helm/chart/load';
import type { DeployOptions } from '@croft/release/deploy-options';
import { installRelease } from '@croft/release/install';
import { readHistory } from '@croft/release/record-store';
import { valuesOf } from '@croft/release/reuse-values';
import { rollbackRelease } from '@croft/release/rollback';
import { uninstallRelease } from '@croft/release/uninstall';
import { upgradeRelease } from '@croft/release/upgrade';
import { openMemoryStore } from '@croft/store/memory-store';

const release = { name: 'web', namespace: 'sites' };

const templates = {
  'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.2.3\nappVersion: "7"\n',
  'values.yaml': 'text: default\nsecond: true\n',
  'templates/config.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\ndata:\n  text: {{ .Values.text | quote }}\n  revision: {{ .Release.Revision | quote }}\n  {{- with (lookup "v1" "ConfigMap" .Release.Namespace "known") }}\n  known: {{ .data.key }}\n  {{- end }}\n',
  'templates/second.yaml':
    '{{- if .Values.second }}\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-second\n{{- end }}\n',
};

async function setUp(t: TestContext, files: Record<string, string> = templates) {
  const folder = await mkdtemp(join(tmpdir(), 'croft-release-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  const api = await createApiServer({ store: openMemoryStore(), clock: systemClock, log: silentLog });
  t.after(() => api[Symbol.asyncDispose]());
  const client = createClient(api.fetch);
  await client.create(namespaces, { metadata: { name: release.namespace } });
  const chart = await readChart(folder);
  const context = { client, clock: systemClock, log: silentLog };
  const options = (values: JsonObject): DeployOptions => ({
    release,
    chart,
    values: valuesOf(values),
    maxHistory: 10,
    crds: 'Create',
    timeoutMs: 10_000,
    wait: true,
  });
  const statuses = async () =>
    (await readHistory(client, release)).map(({ version, info }) => `${version} ${info.status}`);
  return { client, context, options, statuses };
}

test('a release is installed, upgraded, rolled back and removed, and its Secrets say so', async (t) => {
  const { client, context, options, statuses } = await setUp(t);
  await client.create(configMaps, { metadata: { namespace: 'sites', name: 'known' }, data: { key: 'seen' } });
  await installRelease(context, options({}));
  const find = (name: string) => client.find(configMaps, { namespace: 'sites', name });
  assert.deepEqual((await find('web'))?.data, { text: 'default', revision: '1', known: 'seen' });
  assert.equal((await find('web'))?.metadata.labels?.['app.kubernetes.io/managed-by'], 'Helm');

  await upgradeRelease(context, options({ text: 'changed', second: false }));
  assert.equal((await find('web'))?.data?.text, 'changed');
  assert.equal(await find('web-second'), undefined);
  assert.deepEqual(await statuses(), ['1 superseded', '2 deployed']);

  await rollbackRelease(context, { release, maxHistory: 10, timeoutMs: 10_000, wait: true });
  assert.equal((await find('web'))?.data?.text, 'default');
  assert.ok(await find('web-second'));
  assert.deepEqual(await statuses(), ['1 superseded', '2 superseded', '3 deployed']);
  const secret = await client.get(secrets, { namespace: 'sites', name: 'sh.helm.release.v1.web.v3' });
  assert.equal(secret.type, 'helm.sh/release.v1');
  const { owner, status, version } = secret.metadata.labels ?? {};
  assert.deepEqual({ owner, status, version }, { owner: 'helm', status: 'deployed', version: '3' });

  await uninstallRelease(context, { release, timeoutMs: 10_000, wait: true });
  assert.equal(await find('web'), undefined);
  assert.deepEqual(await statuses(), []);
});

test('an object of somebody else is not taken over', async (t) => {
  const { client, context, options, statuses } = await setUp(t);
  await client.create(configMaps, { metadata: { namespace: 'sites', name: 'web' }, data: { text: 'mine' } });
  await assert.rejects(
    installRelease(context, options({})),
    /ConfigMap "web" in namespace "sites" exists and cannot be imported into the current release: invalid ownership metadata; label validation error: missing key "app\.kubernetes\.io\/managed-by"/,
  );
  assert.equal((await client.get(configMaps, { namespace: 'sites', name: 'web' })).data?.text, 'mine');
  assert.deepEqual(await statuses(), []);
});

test('a hook whose Pod can never start fails the upgrade before its timeout', async (t) => {
  const job =
    'apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: migrate\n  annotations: {helm.sh/hook: pre-upgrade}\nspec:\n  template:\n    spec:\n      restartPolicy: Never\n      containers: [{name: main, image: "Not An Image"}]\n';
  const { client, context, options } = await setUp(t, { ...templates, 'templates/migrate.yaml': job });
  await installRelease(context, options({}));
  const start = async () => {
    for await (const { object } of client.watch(jobs, { namespace: 'sites' })) {
      const spec = { ...object.spec?.template.spec, containers: [{ name: 'main', image: 'Not An Image' }] };
      const key = { namespace: 'sites', name: 'migrate-1' };
      await client.create(pods, { metadata: { ...key, labels: { 'job-name': object.metadata.name } }, spec });
      const state = { waiting: { reason: 'InvalidImageName', message: 'invalid reference format' } };
      const containerStatuses = [{ name: 'main', ready: false, restartCount: 0, image: '', imageID: '', state }];
      await client.patch(pods, key, { status: { phase: 'Pending', containerStatuses } }, { subresource: 'status' });
      return;
    }
  };
  const upgrade = upgradeRelease(context, { ...options({ text: 'new' }), timeoutMs: 5 * 60_000 });
  const [failed] = await Promise.allSettled([upgrade, start()]);
  assert.match(
    String(failed.status === 'rejected' && failed.reason),
    /pre-upgrade hook .* failed: will not become ready: Pod\/sites\/migrate-1: container main: InvalidImageName/,
  );
});

test('an upgrade whose hook fails says why, and the next one goes on from there', async (t) => {
  const job =
    'apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: migrate\n  annotations: {helm.sh/hook: pre-upgrade}\nspec:\n  template:\n    spec:\n      restartPolicy: Never\n      containers: [{name: main, image: none}]\n';
  const { client, context, options, statuses } = await setUp(t, { ...templates, 'templates/migrate.yaml': job });
  await installRelease(context, options({}));
  const key = { namespace: 'sites', name: 'migrate' };
  const end = async (type: string) => {
    for await (const { object } of client.watch(jobs, { namespace: 'sites' })) {
      if (object.metadata.name !== key.name) continue;
      const now = new Date().toISOString();
      const conditions = [
        { type: type === 'Failed' ? 'FailureTarget' : 'SuccessCriteriaMet', status: 'True', lastTransitionTime: now },
        { type, status: 'True', message: 'it said so', lastTransitionTime: now },
      ];
      const times = type === 'Failed' ? {} : { completionTime: now };
      await client.patch(jobs, key, { status: { startTime: now, ...times, conditions } }, { subresource: 'status' });
      return;
    }
  };
  const [failed] = await Promise.allSettled([upgradeRelease(context, options({ text: 'new' })), end('Failed')]);
  assert.match(
    String(failed.status === 'rejected' && failed.reason),
    /pre-upgrade hook web\/templates\/migrate\.yaml failed: .*it said so/,
  );
  assert.deepEqual(await statuses(), ['1 deployed', '2 failed']);
  await Promise.all([
    upgradeRelease(context, options({ text: 'new' })),
    client.remove(jobs, key, { propagationPolicy: 'Background' }).then(() => end('Complete')),
  ]);
  assert.deepEqual(await statuses(), ['1 superseded', '2 failed', '3 deployed']);
});
