import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startHelmSession } from './testing/helm-session.ts';

test('a deprecated chart is warned of before what it lacks is told', async () => {
  await using session = await startHelmSession();
  const chart = (type: string) =>
    `apiVersion: v2\nname: app\nversion: 0.1.0\ntype: ${type}\ndeprecated: true\ndependencies:\n- {name: one, version: 1.0.0}\n`;
  await session.write('app/Chart.yaml', chart('application'));
  const { code, err } = await session.helm('template r app');
  assert.equal(code, 1);
  assert.match(err, /^WARNING: This chart is deprecated\nError: An error occurred.*directory: one\n$/);
  await session.write('app/Chart.yaml', chart('library'));
  assert.equal((await session.helm('template r app')).err, 'Error: library charts are not installable\n');
});
