import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { configMaps, deployments } from '@croft/api/kinds';
import { readKubeconfigClient } from '@croft/client/kubeconfig';
import { systemClock } from '@croft/foundation/clock';
import { silentLog } from '@croft/foundation/log';
import { type ControllerSet, startApiOnly } from './start-api.ts';

test('the API alone serves its kubeconfig and keeps what it has', async () => {
  await using folder = await temporaryFolder();
  const key = { namespace: 'default', name: 'kept' };
  {
    await using api = await start(folder.path, 'api');
    assert.equal((await stat(api.kubeconfig)).mode & 0o777, 0o600);
    using client = await readKubeconfigClient(api.kubeconfig);
    await client.create(configMaps, { metadata: key, data: { a: '1' } });
  }
  await using api = await start(folder.path, 'all');
  using client = await readKubeconfigClient(api.kubeconfig);
  assert.deepEqual((await client.get(configMaps, key)).data, { a: '1' });
});

test('with the controllers of workloads a Deployment gets its status', { timeout: 60_000 }, async () => {
  await using folder = await temporaryFolder();
  await using api = await start(folder.path, 'workloads');
  using client = await readKubeconfigClient(api.kubeconfig);
  const labels = { app: 'web' };
  const containers = [{ name: 'web', image: 'registry.example.org/web:1' }];
  const spec = {
    replicas: 0,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers } },
  };
  const key = { namespace: 'default', name: 'web' };
  await client.create(deployments, { metadata: key, spec });
  let observed: number | undefined;
  while (observed === undefined) {
    observed = (await client.get(deployments, key)).status?.observedGeneration;
    await systemClock.wait(20);
  }
  assert.equal(observed, 1);
});

function start(dataDir: string, controllers: ControllerSet) {
  return startApiOnly({ dataDir, host: '127.0.0.1', port: 0, controllers, clock: systemClock, log: silentLog });
}

async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), 'croft-api-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
