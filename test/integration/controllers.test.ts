import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { defineKind } from '@croft/api/kind';
import {
  configMaps,
  customResourceDefinitions,
  deployments,
  leases,
  namespaces,
  secrets,
  serviceAccounts,
} from '@croft/api/kinds';
import type { KubeObject } from '@croft/api/object';
import { readKubeconfigClient } from '@croft/client/kubeconfig';
import { findCondition } from '@croft/controller/conditions';
import { formatMicroTime, systemClock } from '@croft/foundation/clock';
import { silentLog } from '@croft/foundation/log';
import { gitopsDefinitions } from '@croft/gitops/definitions';
import { kustomizations } from '@croft/gitops/kustomization/types';
import { receivers } from '@croft/gitops/receiver/types';
import { gitRepositories } from '@croft/gitops/types';
import { startApiOnly } from '@croft/platform/start-api';
import { parse } from 'yaml';
import { eventually } from '../support/instance.ts';
import { createRepository } from '../support/repository.ts';

const main = join(import.meta.dirname, '..', '..', 'programs', 'cli', 'main.ts');

/** An API server that runs apart, as a cluster does, and `croft controllers` processes against it. */
async function setUp(t: TestContext) {
  const stack = new AsyncDisposableStack();
  t.after(() => stack.disposeAsync());
  const root = await mkdtemp(join(tmpdir(), 'croft-controllers-'));
  stack.defer(() => rm(root, { recursive: true, force: true }));
  const options = { dataDir: join(root, 'api'), host: '127.0.0.1', port: 0, clock: systemClock, log: silentLog };
  const api = stack.use(await startApiOnly({ ...options, controllers: 'api' }));
  const client = stack.use(await readKubeconfigClient(api.kubeconfig));
  const startControllers = (...flags: string[]) => {
    const child = spawn(
      process.execPath,
      [main, 'controllers', '--kubeconfig', api.kubeconfig, '--lease-duration', '3', ...flags],
      { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, TMPDIR: root } },
    );
    let said = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
    stack.defer(async () => {
      child.kill('SIGKILL');
      await ended;
    });
    return { child, ended, said: () => said };
  };
  const leadsNow = async () =>
    (await client.find(leases, { namespace: 'croft-system', name: 'croft-controllers' }))?.spec;
  const pidOfLeader = async () => {
    const holder = (await leadsNow())?.holderIdentity ?? '';
    assert.notEqual(holder, '');
    return Number(holder.split('_').at(-2));
  };
  /** A kubeconfig that knows the API as the administrator's does, and is a service account's of the namespace default. */
  const restrictedKubeconfig = async (account: string) => {
    const review = new Request(`${api.origin}/api/v1/namespaces/default/serviceaccounts/${account}/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} }),
    });
    const { status } = (await (await client.fetch(review)).json()) as { status: { token: string } };
    const config = parse(await readFile(api.kubeconfig, 'utf8'));
    config.users[0].user = { token: status.token };
    return JSON.stringify(config);
  };
  return { root, client, startControllers, leadsNow, pidOfLeader, restrictedKubeconfig };
}

const note = (name: string, text: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: default}\ndata: {text: ${text}}\n`;
const rbac = (kind: string, plural: string) => defineKind<KubeObject>('rbac.authorization.k8s.io/v1', kind, plural);
const key = (name: string) => ({ namespace: 'default', name });
const source = (name: string) => ({ kind: 'GitRepository', name }) as const;
type Labels = Record<string, string>;

async function follow({ client }: Awaited<ReturnType<typeof setUp>>, url: string, name = 'fleet', labels: Labels = {}) {
  const metadata = { ...key(name), labels };
  // The kinds are there once one process leads.
  await eventually(() =>
    client.create(gitRepositories, { metadata, spec: { url, interval: '1h', ref: { branch: 'main' } } }),
  );
  const spec = { interval: '1h', prune: true, path: `./${name}`, sourceRef: source(name) };
  await eventually(() => client.create(kustomizations, { metadata, spec }));
}

test('one of two leads; killed, the other takes over and goes on', async (t) => {
  const setting = await setUp(t);
  const { client, root, startControllers, leadsNow, pidOfLeader } = setting;
  const one = startControllers();
  const two = startControllers();
  const repository = await createRepository(root);
  await repository.commit({ 'fleet/a.yaml': note('a', 'one') });
  await follow(setting, repository.url);
  await eventually(async () => assert.equal((await client.find(configMaps, key('a')))?.data?.text, 'one'));
  const [leader, other] = (await pidOfLeader()) === one.child.pid ? [one, two] : [two, one];
  assert.doesNotMatch(other.said(), /this process leads/);

  leader.child.kill('SIGKILL');
  await leader.ended;
  await repository.commit({ 'fleet/a.yaml': note('a', 'two'), 'fleet/b.yaml': note('b', 'two') });
  await eventually(async () => assert.equal(await pidOfLeader(), other.child.pid));
  assert.equal((await leadsNow())?.leaseTransitions, 1);
  const requested = { metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': 'now' } } };
  await client.patch(gitRepositories, key('fleet'), requested);
  await eventually(async () => assert.equal((await client.find(configMaps, key('b')))?.data?.text, 'two'));
  assert.equal((await client.get(configMaps, key('a'))).data?.text, 'two');

  other.child.kill('SIGTERM');
  await other.ended;
  assert.equal(other.child.exitCode, 0);
  assert.equal((await leadsNow())?.holderIdentity, '', 'the lease is given back');
});

test('webhooks are taken and measures shown where that is asked for', async (t) => {
  const { client, startControllers } = await setUp(t);
  await client.create(secrets, { metadata: key('hook'), stringData: { token: 'a shared token' } });
  const addresses = ['--webhook-address', '127.0.0.1:0', '--metrics-address', '127.0.0.1:0'];
  const { said } = startControllers(...addresses, '--namespace', 'other', '--namespace', 'default');
  const resources = [{ kind: 'GitRepository', name: 'fleet' }];
  const spec = { type: 'generic', secretRef: { name: 'hook' }, resources };
  await eventually(() => client.create(receivers, { metadata: key('hook'), spec }));
  const source = { url: 'https://git.invalid/fleet.git', interval: '1h', suspend: true };
  await client.create(gitRepositories, { metadata: key('fleet'), spec: source });
  const urlOf = async (what: string, path = '/metrics') => {
    const [, port] = new RegExp(`${what} are served.*"port":([0-9]+)`).exec(said()) ?? [];
    assert.ok(port !== undefined);
    return `http://127.0.0.1:${port}${path}`;
  };
  await eventually(async () => {
    const path = (await client.get(receivers, key('hook'))).status?.webhookPath;
    const { status } = await fetch(await urlOf('webhooks', path), { method: 'POST', body: '{}' });
    assert.equal(status, 200);
  });
  const { metadata } = await client.get(gitRepositories, key('fleet'));
  assert.notEqual(metadata.annotations?.['reconcile.fluxcd.io/requestedAt'], undefined);
  const metrics = await (await fetch(await urlOf('metrics'))).text();
  assert.match(metrics, /^controller_runtime_reconcile_total\{controller="receiver",result="requeue_after"\} [1-9]/m);
});

test("kinds of Flux's own controllers are left alone, which is said", async (t) => {
  const setting = await setUp(t);
  const { client, root, startControllers } = setting;
  await client.create(namespaces, { metadata: { name: 'flux-system' } });
  const labels = { 'app.kubernetes.io/part-of': 'flux' };
  await client.create(deployments, {
    metadata: { namespace: 'flux-system', name: 'kustomize-controller', labels },
    spec: {
      selector: { matchLabels: { app: 'k' } },
      template: { metadata: { labels: { app: 'k' } }, spec: { containers: [{ name: 'manager', image: 'k' }] } },
    },
  });
  await client.create(leases, {
    metadata: { namespace: 'flux-system', name: 'helm-controller-leader-election' },
    spec: { holderIdentity: 'helm-controller-1', renewTime: formatMicroTime(systemClock.now()) },
  });
  await client.create(leases, {
    metadata: { namespace: 'flux-system', name: 'source-controller-leader-election' },
    spec: { holderIdentity: 'gone', renewTime: formatMicroTime(systemClock.now() - 3_600_000) },
  });
  const { said } = startControllers();
  const repository = await createRepository(root);
  await repository.commit({ 'fleet/a.yaml': note('a', 'one') });
  await follow(setting, repository.url);
  await eventually(async () => assert.ok((await client.get(gitRepositories, key('fleet'))).status?.artifact));
  assert.match(said(), /Kustomization are left to it.*Deployment flux-system\/kustomize-controller/);
  assert.match(said(), /HelmRelease are left to it.*Lease flux-system\/helm-controller-leader-election/);
  assert.doesNotMatch(said(), /GitRepository.* are left to it/);
  assert.equal((await client.get(kustomizations, key('fleet'))).status?.conditions, undefined);
});

test('a selector and namespaces limit what is reconciled', async (t) => {
  const setting = await setUp(t);
  const { client, root, startControllers } = setting;
  await client.create(namespaces, { metadata: { name: 'other' } });
  startControllers('--watch-label-selector', 'shard=one', '--namespace', 'default');
  startControllers('--watch-label-selector', 'shard=two', '--namespace', 'other');
  const repository = await createRepository(root);
  await repository.commit({ 'mine/a.yaml': note('a', 'one'), 'theirs/b.yaml': note('b', 'one') });
  await follow(setting, repository.url, 'theirs', { shard: 'two' });
  await follow(setting, repository.url, 'mine', { shard: 'one' });
  await eventually(async () => {
    const found = await client.get(kustomizations, key('mine'));
    assert.equal(findCondition(found.status?.conditions, 'Ready')?.status, 'True');
  });
  assert.equal((await client.get(kustomizations, key('theirs'))).status?.conditions, undefined);
  const held = (await client.list(leases, { namespace: 'croft-system' })).items;
  assert.equal(held.length, 2, 'each selection has its own lease');
});

test('with the rights of one namespace alone it works there', async (t) => {
  const setting = await setUp(t);
  const { client, root, startControllers } = setting;
  for (const definition of gitopsDefinitions)
    await client.apply(customResourceDefinitions, definition, { force: true });
  await client.create(serviceAccounts, { metadata: key('gitops') });
  const [roles, bindings] = [rbac('Role', 'roles'), rbac('RoleBinding', 'rolebindings')];
  const rules = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];
  await client.create(roles, { metadata: key('gitops'), rules } as KubeObject);
  await client.create(bindings, {
    metadata: key('gitops'),
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'gitops' },
    subjects: [{ kind: 'ServiceAccount', ...key('gitops') }],
  } as KubeObject);
  const kubeconfig = join(root, 'restricted');
  await writeFile(kubeconfig, await setting.restrictedKubeconfig('gitops'));
  const { said } = startControllers('--kubeconfig', kubeconfig, '-n', 'default', '--lease-namespace', 'default');
  const repository = await createRepository(root);
  await repository.commit({ 'fleet/a.yaml': note('a', 'one') });
  await follow(setting, repository.url);
  await eventually(async () => assert.equal((await client.find(configMaps, key('a')))?.data?.text, 'one'));
  assert.match(said(), /Flux's own controllers cannot be looked for/);
});
