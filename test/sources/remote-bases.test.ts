// Kustomizations that refer to files and repositories on other machines, which are allowed by their addresses.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { configMaps } from '@croft/api/kinds';
import { findCondition } from '@croft/controller/conditions';
import { type Kustomization, kustomizations } from '@croft/gitops/kustomization/types';
import { gitRepositories } from '@croft/gitops/types';
import { createRepository } from '../support/repository.ts';
import { startWorld } from '../support/world.ts';
import { startGitHttp } from './git-http.ts';

const key = { namespace: 'croft-system', name: 'fleet' };
const configMap = (name: string, value: string) =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: key.namespace },
    data: { value },
  });
const readyOf = (found: Kustomization | undefined) => findCondition(found?.status?.conditions, 'Ready');

async function startFiles(t: TestContext, files: Record<string, string>): Promise<string> {
  const server = createServer(({ url = '' }, response) => {
    const text = files[url];
    response.writeHead(text === undefined ? 404 : 200).end(text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A Kustomization of these resources, and of a base in a repository that is served over http. */
async function startFleet(t: TestContext, allow: (gitUrl: string) => string[], more: string[] = []) {
  const allowed: string[] = [];
  const world = await startWorld(t, { remoteBases: () => allowed });
  const base = await createRepository(world.root, 'base');
  await base.commit({
    'app/kustomization.yaml': 'namePrefix: far-\nresources: [../shared, config.yaml]\n',
    'app/config.yaml': configMap('config', 'tagged'),
    'shared/kustomization.yaml': 'resources: [shared.yaml]\n',
    'shared/shared.yaml': configMap('shared', 'tagged'),
  });
  await base.tag('v1');
  await base.commit({ 'app/config.yaml': configMap('config', 'newest') });
  const git = await startGitHttp(world.root);
  t.after(() => git[Symbol.asyncDispose]());
  allowed.push(...allow(git.url));
  const fleet = await createRepository(world.root, 'fleet');
  const pushResources = (resources: string[]) =>
    fleet.commit({ 'kustomization.yaml': JSON.stringify({ resources: [...resources, ...more] }) });
  await pushResources([`${git.url}/base.git//app?ref=v1`]);
  const source = { url: fleet.url, interval: '1h', ref: { branch: 'main' } };
  await world.client.create(gitRepositories, { metadata: key, spec: source });
  const sourceRef = { kind: 'GitRepository', name: 'fleet' } as const;
  await world.client.create(kustomizations, { metadata: key, spec: { interval: '1h', prune: true, sourceRef } });
  const read = async (name: string) => (await world.client.find(configMaps, { ...key, name }))?.data?.value;
  return { world, git, pushResources, read };
}

test('bases in repositories and files are followed, at a tag, a branch or the head', async (t) => {
  const files = await startFiles(t, { '/one.yaml': configMap('one', 'file') });
  const { world, git, pushResources, read } = await startFleet(t, (url) => [`${url}/base.git`, files], [
    `${files}/one.yaml`,
  ]);
  await world.until(kustomizations, key, (found) => readyOf(found)?.status === 'True');
  assert.deepEqual(await Promise.all(['far-config', 'far-shared', 'one'].map(read)), ['tagged', 'tagged', 'file']);
  for (const reference of ['?ref=main', '']) {
    const commit = await pushResources([`${git.url}/base.git/app${reference}`]);
    await world.until(kustomizations, key, (found) => found?.status?.lastAppliedRevision?.endsWith(commit) === true);
    assert.equal(await read('far-config'), 'newest');
  }
});

test('what is not allowed, not there or no base is refused, with its address', async (t) => {
  const { world, git, pushResources, read } = await startFleet(t, (url) => [`${url}/other`]);
  const isRefused = (pattern: RegExp) =>
    world.until(kustomizations, key, (found) => pattern.test(readyOf(found)?.message ?? ''));
  await isRefused(/remote base '.*base\.git\/\/app\?ref=v1': is not allowed: put its files into the source, or allow/);
  await pushResources([`${git.url}/other/../base.git//app`]);
  await isRefused(/remote base '.*other\/\.\.\/base\.git\/\/app': is not allowed/);
  await pushResources([`${git.url}/other//app`]);
  await isRefused(/remote base '.*other\/\/app': failed to fetch .*other: /);
  assert.equal(await read('far-config'), undefined);
});
