import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startHelmSession } from './testing/helm-session.ts';

test('subcharts are linted in the order of a walk', async () => {
  await using session = await startHelmSession();
  for (const path of ['app', 'app/charts/db-tools', 'app/charts/db', 'app/charts/db/charts/log']) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    await session.write(`${path}/Chart.yaml`, `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`);
    await session.write(`${path}/values.yaml`, '');
  }
  const { out } = await session.helm('lint app --with-subcharts');
  assert.deepEqual(
    [...out.matchAll(/==> Linting (.*)/g)].map(([, path]) => path),
    ['app', 'app/charts/db', 'app/charts/db/charts/log', 'app/charts/db-tools'],
  );
});
