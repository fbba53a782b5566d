import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { eventually, makeTinyCatalog, startInstance, type TestInstance } from '../support/instance.ts';
import { killAndStart } from '../support/killer.ts';
import { countStarts, readPrintedStatus, tinyContainers, tinyVersion } from '../support/tiny.ts';
import { startTraffic } from '../support/traffic.ts';

const kills = 50;
const versions = 4;

test('fifty kills of Croft lose nothing and end no container', async (t) => {
  const instance = await startInstance(t, { catalog: await makeTinyCatalog(t), applications: ['tiny'] });
  const host = `tiny.${instance.domain}`;
  await using traffic = await startTraffic(instance, host);
  let version = 1;
  let title = 'tiny';

  const settled = async () => {
    await instance.croft('up', '--no-install');
    await eventually(async () => {
      const status = await readPrintedStatus(instance);
      assert.deepEqual([status.message, status.ready, status.applications[0]?.version], ['', true, String(version)]);
      assert.equal((await instance.ask(host)).body.trim(), `${title} ${version}`);
      assert.equal((await tinyContainers(instance)).length, 1);
    });
  };

  for (let round = 1; round <= versions; round += 1) {
    await t.test(`version ${round + 1} and a new title arrive, whatever is killed`, async () => {
      // The push reaches the repository only while Croft serves it: a refused one is pushed again, as a person would.
      version = round + 1;
      title = `title-${round}`;
      const killing = killAndStart(instance, 8);
      await eventually(async () => await instance.push(await tinyVersion(instance, version)), 120_000);
      await changeTitle(instance, title);
      await killing;
      await settled();
    });
    await t.test(`nothing restarts when nothing is new (${round})`, async () => {
      const before = await tinyContainers(instance);
      const starts = await countStarts(instance);
      await killAndStart(instance, Math.ceil((kills - 8 * versions) / versions));
      await settled();
      assert.deepEqual(await tinyContainers(instance), before);
      assert.equal(await countStarts(instance), starts);
    });
  }

  await t.test('no request failed', async () => {
    await traffic.stop();
    assert.deepEqual(traffic.failures, []);
    assert.ok(traffic.answers.has(`title-${versions} ${versions + 1}`));
  });
});

/** The value that an administrator sets for the application in the settings file. */
async function changeTitle({ dataDir }: TestInstance, title: string): Promise<void> {
  const path = join(dataDir, 'settings.yaml');
  const text = (await readFile(path, 'utf8')).replace(/^applications:.*\n/m, '');
  await writeFile(path, `${text}applications: {tiny: {values: {title: ${title}}}}\n`);
}
