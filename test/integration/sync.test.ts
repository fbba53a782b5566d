import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { getTarget, syncStages } from '@croft/cli/sync/sync-stages';
import { nameOfTarget } from '@croft/cli/sync/synced-object';
import { systemClock } from '@croft/foundation/clock';
import { helmReleases } from '@croft/gitops/helm-release/types';
import { kustomizations } from '@croft/gitops/kustomization/types';
import { gitRepositories } from '@croft/gitops/types';
import { createRepository } from '../support/repository.ts';
import { startWorld } from '../support/world.ts';

const key = { namespace: 'croft-system', name: 'catalog' };
const sourceRef = '{kind: GitRepository, name: catalog, namespace: croft-system}';
const release = (name: string, value: string) =>
  `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: ${name}, namespace: croft-system}\nspec:\n  interval: 1h\n  values: {text: ${value}}\n  chart: {spec: {chart: ./charts/note, sourceRef: ${sourceRef}}}\n`;
const chart = {
  'charts/note/Chart.yaml': 'apiVersion: v2\nname: note\nversion: 1.0.0\n',
  'charts/note/templates/note.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "{{ .Release.Name }}-note"}\ndata: {text: {{ required "text is needed" .Values.text | quote }}}\n',
};

async function setUp(t: TestContext, timeoutMs = 60_000) {
  const world = await startWorld(t);
  const { client } = world;
  const repository = await createRepository(world.root);
  const said: string[] = [];
  const context = () => ({
    client,
    clock: systemClock,
    deadlineMs: systemClock.now() + timeoutMs,
    say: (text: string) => void said.push(text),
  });
  await client.create(gitRepositories, {
    metadata: key,
    spec: { url: repository.url, interval: '1h', ref: { branch: 'main' } },
  });
  await client.create(kustomizations, {
    metadata: key,
    spec: { interval: '1h', prune: true, path: './flux', sourceRef: { kind: 'GitRepository', name: 'catalog' } },
  });
  const sync = async (...named: string[]) => {
    const [kind, name, ...marks] = named;
    if (kind === undefined || name === undefined) return await syncStages(context(), {});
    return await syncStages(context(), { named: await getTarget(client, kind, name), marks });
  };
  return { ...world, repository, said, sync };
}

test('a sync follows a commit through source and Kustomization to the releases that it makes', async (t) => {
  const { repository, sync, said, client } = await setUp(t);
  const commit = await repository.commit({ ...chart, 'flux/a.yaml': release('a', 'one') });
  const outcomes = await sync();
  assert.deepEqual(
    outcomes.filter(({ ready }) => !ready),
    [],
  );
  const names = outcomes.map(({ target }) => nameOfTarget(target));
  assert.deepEqual(
    names.filter((name) => !name.startsWith('HelmChart/')),
    ['GitRepository/croft-system/catalog', 'Kustomization/croft-system/catalog', 'HelmRelease/croft-system/a'],
  );
  assert.ok(said.includes(`Kustomization/croft-system/catalog: ready at main@sha1:${commit}`), said.join('\n'));
  assert.ok(await client.find(helmReleases, { ...key, name: 'a' }));
});

test('what fails is told of, ends the sync, and is not ready', async (t) => {
  const { repository, sync, said } = await setUp(t);
  await repository.commit({ ...chart, 'flux/a.yaml': release('a', 'one') });
  await sync();
  await repository.commit({ 'flux/a.yaml': 'kind: [' });
  const failed = (await sync()).filter(({ ready }) => !ready);
  assert.deepEqual(
    failed.map(({ target }) => nameOfTarget(target)),
    ['Kustomization/croft-system/catalog'],
  );
  assert.match(failed[0]?.message ?? '', /flux\/a\.yaml/);
  assert.match(
    said.join('\n'),
    /Kustomization\/croft-system\/catalog: failed: .*flux\/a\.yaml.*\n {2}to do: mend that file/s,
  );
});

test('one object is synced with its source and what it applies, and no other', async (t) => {
  const { repository, sync, client, until } = await setUp(t);
  await repository.commit({ ...chart, 'flux/a.yaml': release('a', 'one'), 'flux/b.yaml': release('b', 'one') });
  await sync();
  const before = await client.get(helmReleases, { ...key, name: 'b' });
  const outcomes = await sync('hr', 'a', 'reconcile.fluxcd.io/forceAt');
  assert.deepEqual(
    outcomes.map(({ target }) => nameOfTarget(target)),
    ['GitRepository/croft-system/catalog', 'HelmRelease/croft-system/a'],
  );
  const { annotations = {} } = (await client.get(helmReleases, { ...key, name: 'a' })).metadata;
  assert.equal(annotations['reconcile.fluxcd.io/forceAt'], annotations['reconcile.fluxcd.io/requestedAt']);
  const after = await until(helmReleases, { ...key, name: 'b' }, (found) => found !== undefined);
  assert.deepEqual(after?.metadata.annotations, before.metadata.annotations);
});

test('a suspended object is left alone; names that do not exist are answered with near ones', async (t) => {
  const { repository, sync, said, client } = await setUp(t);
  await repository.commit({ 'flux/a.yaml': release('a', 'one'), ...chart });
  await sync();
  await client.patch(helmReleases, { ...key, name: 'a' }, { spec: { suspend: true } });
  const outcomes = await sync();
  assert.ok(!outcomes.some(({ target }) => target.kind.kind === 'HelmRelease'));
  assert.ok(said.includes('HelmRelease/croft-system/a: is suspended and left alone'));
  await assert.rejects(sync('kustomization', 'catalgo'), /no Kustomization "catalgo"; did you mean "catalog"\?/);
  await assert.rejects(sync('kustomisation', 'catalog'), /no kind to sync; did you mean kustomization\?/);
});
