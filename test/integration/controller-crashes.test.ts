// `CROFT_KILLS=100 node --test test/integration/controller-crashes.test.ts` for a long run.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { configMaps, namespaces } from '@croft/api/kinds';
import type { Stored } from '@croft/api/object';
import type { Client } from '@croft/client/client';
import { readKubeconfigClient } from '@croft/client/kubeconfig';
import { findCondition } from '@croft/controller/conditions';
import { systemClock } from '@croft/foundation/clock';
import { silentLog } from '@croft/foundation/log';
import { type HelmRelease, helmReleases } from '@croft/gitops/helm-release/types';
import { gitRepositories } from '@croft/gitops/types';
import { startApiOnly } from '@croft/platform/start-api';
import { readHistory } from '@croft/release/record-store';
import { eventually } from '../support/instance.ts';
import { createRepository } from '../support/repository.ts';

const kills = Number(process.env.CROFT_KILLS ?? 12);
const killsPerVersion = 4;
const names = Array.from({ length: 20 }, (_, index) => `app-${index}`);
const namespace = 'apps';
/** A kill comes at random within so many milliseconds after a process leads. */
const longestLifeMs = 1_500;
const main = join(import.meta.dirname, '..', '..', 'programs', 'cli', 'main.ts');

test(`releases heal by themselves after ${kills} kills of the controllers during upgrades`, async (t) => {
  const stack = new AsyncDisposableStack();
  t.after(() => stack.disposeAsync());
  const root = await mkdtemp(join(tmpdir(), 'croft-controller-crashes-'));
  stack.defer(() => rm(root, { recursive: true, force: true }));
  const options = { dataDir: join(root, 'api'), host: '127.0.0.1', port: 0, clock: systemClock, log: silentLog };
  const api = stack.use(await startApiOnly({ ...options, controllers: 'api' }));
  const client = stack.use(await readKubeconfigClient(api.kubeconfig));
  let controllers = startControllers(api.kubeconfig, root);
  stack.defer(() => controllers.kill());
  const repository = await createRepository(root);
  await repository.commit(chart(0));
  await client.create(namespaces, { metadata: { name: namespace } });
  await eventually(() => prescribe(client, repository.url));

  let version = 0;
  for (let count = 0; count < kills; count += 1) {
    if (count % killsPerVersion === 0) {
      version += 1;
      await repository.commit(chart(version));
    }
    await controllers.leads;
    await systemClock.wait(Math.random() * longestLifeMs);
    await controllers.kill();
    controllers = startControllers(api.kubeconfig, root);
  }

  await eventually(async () => {
    for (const name of names) assertUpgraded(await client.get(helmReleases, { namespace, name }), version);
  }, 180_000);
  for (const name of names) {
    const { data } = await client.get(configMaps, { namespace, name });
    assert.equal(data?.version, `1.0.${version}`);
    const records = await readHistory(client, { namespace, name });
    assert.equal(records.at(-1)?.chart.metadata.version, `1.0.${version}`);
    const statuses = records.map(({ info }) => info.status);
    assert.equal(statuses.pop(), 'deployed');
    assert.deepEqual(
      statuses.filter((status) => status === 'deployed' || status.startsWith('pending-')),
      [],
      `${name} has one deployed revision`,
    );
  }
});

function startControllers(kubeconfig: string, root: string) {
  const child = spawn(
    process.execPath,
    [main, 'controllers', '--kubeconfig', kubeconfig, '--lease-duration', '1', '--data-dir', join(root, 'sources')],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const ended = once(child, 'close');
  const leads = new Promise<void>((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (/this process leads/.test(said)) resolve();
    });
    child.once('close', () => reject(new Error(`the controllers ended: ${said}`)));
  });
  leads.catch(() => {}); // it was killed before it led
  return {
    leads,
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

const chart = (version: number) => ({
  'chart/Chart.yaml': `apiVersion: v2\nname: small\nversion: 1.0.${version}\n`,
  'chart/templates/all.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\ndata: {version: "{{ .Chart.Version }}"}\n',
});

async function prescribe(client: Client, url: string): Promise<void> {
  const source = { metadata: { namespace, name: 'source' }, spec: { url, interval: '2s', ref: { branch: 'main' } } };
  await client.apply(gitRepositories, { ...gitRepositoryType, ...source }, { force: true });
  const sourceRef = { kind: 'GitRepository', name: 'source' } as const;
  for (const name of names) {
    const spec = { interval: '1h', chart: { spec: { chart: './chart', sourceRef } } };
    await client.apply(helmReleases, { ...helmReleaseType, metadata: { namespace, name }, spec }, { force: true });
  }
}

const gitRepositoryType = { apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'GitRepository' };
const helmReleaseType = { apiVersion: 'helm.toolkit.fluxcd.io/v2', kind: 'HelmRelease' };

function assertUpgraded({ metadata, status }: Stored<HelmRelease>, version: number): void {
  const ready = findCondition(status?.conditions, 'Ready');
  const found = [ready?.status, status?.history?.[0]?.chartVersion];
  assert.deepEqual(found, ['True', `1.0.${version}`], `${metadata.name}: ${ready?.message}`);
}
