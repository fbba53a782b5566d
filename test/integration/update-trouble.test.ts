// What a person sees and hears when an update fails: at once, why, once.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { deployments, namespaces, pods } from '@croft/api/kinds';
import type { Stored } from '@croft/api/object';
import { findCondition } from '@croft/controller/conditions';
import { WaitingError } from '@croft/controller/outcome';
import { reconcileSteps } from '@croft/controller/reconcile-steps';
import { alerts, type Notification } from '@croft/gitops/alert/types';
import { gitopsDefinitions } from '@croft/gitops/definitions';
import { type HelmRelease, type HelmReleaseSpec, helmReleases } from '@croft/gitops/helm-release/types';
import { providers } from '@croft/gitops/provider/types';
import { startInbox } from '@croft/gitops/testing/inbox';
import { gitRepositories } from '@croft/gitops/types';
import { describeApplication } from '@croft/platform/application-status';
import { readEverything } from '@croft/platform/status-source';
import { startEmbeddedApi } from '../support/embedded-api.ts';
import { createRepository } from '../support/repository.ts';
import { startWorld } from '../support/world.ts';

const namespace = 'sites';
const key = { namespace, name: 'web' };

/** A chart of one Deployment. */
const chart = (version: string) => ({
  'charts/web/Chart.yaml': `apiVersion: v2\nname: web\nversion: ${version}\nappVersion: "${version}"\n`,
  'charts/web/templates/web.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: main, image: "example.org/web:${version}"}]}
`,
});
const readyOf = (found: HelmRelease | undefined) => findCondition(found?.status?.conditions, 'Ready');
const isReady = (found: HelmRelease | undefined) => readyOf(found)?.status === 'True';
const isStalled = (found: HelmRelease | undefined) =>
  findCondition(found?.status?.conditions, 'Stalled')?.status === 'True';

/** A release at 1.0.0 whose later versions have five minutes to become ready, and someone who is told of failures. */
async function startSite(t: TestContext, upgrade: HelmReleaseSpec['upgrade'] = {}) {
  const world = await startWorld(t);
  const { client } = world;
  const inbox = await startInbox(t);
  let requests = 0;
  const repository = await createRepository(world.root);
  await repository.commit(chart('1.0.0'));
  await client.create(namespaces, { metadata: { name: namespace } });
  await client.create(providers, {
    metadata: { namespace, name: 'mail' },
    spec: { type: 'generic', address: inbox.url },
  });
  await client.create(alerts, {
    metadata: { namespace, name: 'all' },
    spec: { providerRef: { name: 'mail' }, eventSources: [{ kind: 'HelmRelease', name: '*' }] },
  });
  await client.create(gitRepositories, {
    metadata: { namespace, name: 'catalog' },
    spec: { url: repository.url, interval: '1h', ref: { branch: 'main' } },
  });
  await client.create(helmReleases, {
    metadata: key,
    spec: {
      interval: '1h',
      install: { disableWait: true },
      upgrade: { timeout: '5m', remediation: { retries: 0, remediateLastFailure: true }, ...upgrade },
      rollback: { disableWait: true },
      chart: { spec: { chart: './charts/web', sourceRef: { kind: 'GitRepository', name: 'catalog' } } },
    },
  });
  await world.until(helmReleases, key, isReady);
  const fetch = async (version: string) => {
    await repository.commit(chart(version));
    const metadata = { annotations: { 'reconcile.fluxcd.io/requestedAt': String(++requests) } };
    await client.patch(gitRepositories, { namespace, name: 'catalog' }, { metadata });
  };
  /** Pushes a version and waits until it is being rolled out. */
  const push = async (version: string) => {
    await fetch(version);
    await world.until(deployments, key, (found) => imageOf(found) === `example.org/web:${version}`);
  };
  const goBack = async () => {
    await fetch('1.0.0');
    await world.until(helmReleases, key, isReady);
  };
  /** The newest Pod of the Deployment waits for this reason. */
  const tellOfPod = async (name: string, version: string, reason: string, message: string) => {
    const found = await client.find(pods, { namespace, name });
    if (found === undefined)
      await client.create(pods, {
        metadata: { namespace, name, labels: { app: 'web' } },
        spec: { containers: [{ name: 'main', image: `example.org/web:${version}` }] },
      });
    const state = { waiting: { reason, message } };
    const status = { name: 'main', ready: false, restartCount: 0, image: '', imageID: '', state };
    const body = { status: { phase: 'Pending', containerStatuses: [status] } };
    await client.patch(pods, { namespace, name }, body, { subresource: 'status' });
  };
  const becomeReady = async () => {
    const { metadata } = await client.get(deployments, key);
    const counts = { replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 };
    const conditions = [
      { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' },
      { type: 'Available', status: 'True' },
    ];
    const status = { observedGeneration: metadata.generation ?? 1, ...counts, conditions };
    await client.patch(deployments, key, { status }, { subresource: 'status' });
  };
  const nextTold = async () => JSON.parse((await inbox.next()).body) as Notification;
  /** What else is told, up to the first that has this reason. */
  const toldUntil = async (reason: string) => {
    const told: Notification[] = [];
    while (told.at(-1)?.reason !== reason) told.push(await nextTold());
    return told;
  };
  return { ...world, push, goBack, tellOfPod, becomeReady, nextTold, toldUntil };
}

function imageOf(found: { spec?: { template: { spec?: { containers: { image?: string }[] } } } } | undefined) {
  return found?.spec?.template.spec?.containers[0]?.image;
}

const unbuilt =
  'the image could not be built: Error: building at STEP "RUN make": while running runtime: exit status 3';

test('an image that does not build ends the update long before its timeout, and one message tells all', async (t) => {
  const site = await startSite(t);
  assert.equal((await site.nextTold()).reason, 'InstallSucceeded');
  await site.push('2.0.0');
  await site.tellOfPod('web-2', '2.0.0', 'ErrImagePull', unbuilt);
  const failed = await site.until(helmReleases, key, isStalled);
  assert.match(readyOf(failed)?.message ?? '', /Pod\/sites\/web-2: container main: ErrImagePull: .*exit status 3/);
  assert.equal(imageOf(await site.client.get(deployments, key)), 'example.org/web:1.0.0');
  const told = [await site.nextTold(), await site.nextTold()];
  const [bad, ...more] = told.filter(({ severity }) => severity === 'error');
  assert.deepEqual(more, []);
  assert.equal(bad?.reason, 'UpgradeFailed');
  assert.match(
    bad?.message ?? '',
    /^Rolled back to sites\/web\.v1 with chart web@1\.0\.0: Helm upgrade failed .* chart web@2\.0\.0: .*exit status 3$/,
  );
  await site.goBack();
  const [healed] = await site.toldUntil('UpgradeSucceeded');
  assert.equal(healed?.severity, 'info');
});

test('a registry that is away for a while fails no update', async (t) => {
  const site = await startSite(t);
  await site.push('2.0.0');
  await site.tellOfPod('web-2', '2.0.0', 'ErrImagePull', 'dial tcp 10.0.0.1:443: connect: connection refused');
  await site.tellOfPod('web-2', '2.0.0', 'ImagePullBackOff', 'reading manifest: received unexpected HTTP status: 503');
  await site.tellOfPod('web-2', '2.0.0', 'ImagePullBackOff', 'Back-off pulling image "example.org/web:2.0.0"');
  // Pods of another template do not count.
  await site.tellOfPod('web-0', '0.9.0', 'InvalidImageName', 'it is wrong');
  await site.becomeReady();
  const ready = await site.until(helmReleases, key, (found) => found?.status?.history?.[0]?.chartVersion === '2.0.0');
  assert.equal(ready?.status?.upgradeFailures, undefined);
  assert.equal(readyOf(await site.until(helmReleases, key, isReady))?.reason, 'UpgradeSucceeded');
});

test('while a failed update is tried again its failure stays in sight, and it is told once', async (t) => {
  const site = await startSite(t, { remediation: { retries: 2, remediateLastFailure: true } });
  await site.push('2.0.0');
  await site.tellOfPod('web-2', '2.0.0', 'ErrImagePull', unbuilt);
  const seen: HelmRelease[] = [];
  using _ = site.context.informers.of(helmReleases).onChange(({ object }) => seen.push(object));
  await site.until(helmReleases, key, isStalled);
  const again = seen.find((found) => readyOf(found)?.status === 'Unknown' && found.status?.upgradeFailures === 1);
  assert.match(readyOf(again)?.message ?? '', /; before: Helm upgrade failed for .*exit status 3/);
  const everything = await readEverything(site.client);
  everything.releases.set('sites/web', again as Stored<HelmRelease>);
  const { state, message } = describeApplication(key, everything, '');
  assert.equal(state, 'updating');
  assert.match(
    message,
    /the update to chart 2\.0\.0 failed, chart 1\.0\.0 runs again, it is being tried again: .*exit status 3/,
  );
  const released = findCondition(again?.status?.conditions, 'Released');
  assert.deepEqual([released?.status, released?.reason], ['False', 'UpgradeFailed']);
  assert.equal(findCondition(again?.status?.conditions, 'Remediated')?.reason, 'RollbackSucceeded');
  const after = await site.client.get(helmReleases, key);
  assert.equal(after.status?.upgradeFailures, 3);
  await site.goBack();
  const told = await site.toldUntil('UpgradeSucceeded');
  assert.deepEqual(
    told.filter(({ severity }) => severity === 'error').map(({ reason }) => reason),
    ['UpgradeFailed'],
  );
});

test('a Secret that stays missing is told after a while, as one failure', async (t) => {
  const { root: _, stack: __, ...context } = await startEmbeddedApi(t, gitopsDefinitions);
  const { client } = context;
  await client.create(namespaces, { metadata: { name: namespace } });
  await client.create(helmReleases, { metadata: key, spec: { interval: '1h' } });
  let later = 0;
  const clock = { ...context.clock, now: () => context.clock.now() + later };
  const wait = async () => {
    throw new WaitingError('ValuesError', 'the Secret does not exist', 30_000);
  };
  const told: [string, unknown][] = [];
  const reconcile = reconcileSteps<HelmRelease>(
    { ...context, clock },
    {
      kind: helmReleases,
      finalizer: 'croft.dev/test',
      steps: [wait],
      finalize: async () => {},
      events: { record: (_object, _type, reason, _message, metadata) => told.push([reason, metadata?.failure]) },
    },
  );
  const passAfter = async (ms: number) => {
    later += ms;
    const object = await client.get(helmReleases, key);
    await assert.rejects(async () => await reconcile(object, key, new AbortController().signal), WaitingError);
  };
  await reconcile(await client.get(helmReleases, key), key, new AbortController().signal); // its finalizer
  await passAfter(0);
  await passAfter(30_000);
  assert.deepEqual(told, []);
  await passAfter(45_000);
  await passAfter(45_000);
  const [first, ...more] = told;
  assert.equal(first?.[0], 'ValuesError');
  assert.match(String(first?.[1]), /^ValuesError since 2/);
  assert.deepEqual(more, [first]);
});
