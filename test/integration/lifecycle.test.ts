import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { eventually, makeTinyCatalog, startInstance, type TestInstance } from '../support/instance.ts';
import { countStarts, killContainer, readPrintedStatus, tinyContainers, tinyVersion } from '../support/tiny.ts';
import { startTraffic, type Traffic } from '../support/traffic.ts';

const broken = 'charts/tiny/templates/broken.yaml';
const prescription = 'flux/apps/tiny.yaml';

test('an application lives through versions good and bad, through off and on, down and up', async (t) => {
  const instance = await startInstance(t, { catalog: await makeTinyCatalog(t), applications: ['tiny'] });
  const host = `tiny.${instance.domain}`;
  const index = async () => (await instance.ask(host)).body.trim();
  const isReady = async (version: string) => {
    const status = await readPrintedStatus(instance);
    assert.deepEqual(
      status.applications.map(({ name, namespace, version: shown, ready, message }) => ({
        name,
        namespace,
        shown,
        ready,
        message,
      })),
      [{ name: 'tiny', namespace: 'apps', shown: version, ready: true, message: '' }],
    );
    assert.deepEqual([status.ready, status.message], [true, '']);
  };

  await t.test('it is installed and reachable over TLS', async () => {
    await isReady('1');
    assert.equal(await index(), 'tiny 1');
    assert.equal(await countStarts(instance), 1);
  });

  await t.test('a new version is rolled out without one failed request', async () => {
    await using traffic = await startTraffic(instance, host);
    await instance.push(await tinyVersion(instance, 2));
    await eventually(() => isReady('2'));
    await eventually(async () => assert.equal(await index(), 'tiny 2'));
    await traffic.stop();
    assertAllAnswered(traffic, ['tiny 1', 'tiny 2']);
  });

  await t.test('a version that does not become ready is rolled back, and the status says why', async () => {
    await using traffic = await startTraffic(instance, host);
    await instance.push(await tinyVersion(instance, 3, { serve: 'echo no such disk; exit 1' }));
    await eventually(async () => {
      const [tiny] = (await readPrintedStatus(instance)).applications;
      assert.deepEqual([tiny?.version, tiny?.ready], ['2', false]);
      assert.match(tiny?.message ?? '', /Pod\/apps\/tiny-.*container web: .*exit code 1 \(.*no such disk/s);
      assert.match(tiny?.message ?? '', /^the update to chart 1\.0\.3 failed, chart 1\.0\.2 runs again: /);
    });
    await traffic.stop();
    assertAllAnswered(traffic, ['tiny 2']);
  });

  await t.test('the next good version mends it', async () => {
    await instance.push(await tinyVersion(instance, 4, { serve: 'exec busybox httpd -f -p 8080 -h /www' }));
    await eventually(() => isReady('4'));
    await eventually(async () => assert.equal(await index(), 'tiny 4'));
  });

  await t.test('an error in a template names file and line, and heals by the next push', async () => {
    await instance.push({
      [broken]: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Values.title | nosuch }}\n',
      ...(await tinyVersion(instance, 5)),
    });
    await eventually(async () => {
      const [tiny] = (await readPrintedStatus(instance)).applications;
      assert.match(tiny?.message ?? '', /templates\/broken\.yaml:4.*nosuch/s);
    });
    assert.equal(await index(), 'tiny 4');
    await instance.push({ [broken]: undefined });
    await eventually(() => isReady('5'));
  });

  await t.test('a broken prescription names file and line, and heals by the next push', async () => {
    const good = await instance.readPushed(prescription);
    await instance.push({ [prescription]: good.replace('  interval: 20m', '  interval: [20m') });
    await eventually(async () => {
      const status = await readPrintedStatus(instance);
      assert.equal(status.ready, false);
      assert.match(status.message, /flux\/apps\/tiny\.yaml.*line \d+/s);
    });
    assert.equal(await index(), 'tiny 5');
    await instance.push({ [prescription]: good });
    await eventually(() => isReady('5'));
  });

  await t.test('disabled, it is removed and its volume stays; enabled again, its data is back', async () => {
    const starts = await countStarts(instance);
    await instance.croft('apps', 'disable', 'tiny');
    await eventually(async () => {
      assert.deepEqual((await readPrintedStatus(instance)).applications, []);
      assert.equal(await instance.kubectl('get', 'pods', '-n', 'apps', '-o', 'name'), '');
    });
    assert.notEqual((await instance.ask(host)).status, 200);
    assert.equal(await readStartsOnDisk(instance), starts);
    await instance.croft('apps', 'enable', 'tiny');
    await eventually(() => isReady('5'));
    await eventually(async () => assert.equal(await countStarts(instance), starts + 1));
  });

  await t.test('what a container printed before its restart is kept', async () => {
    const pods = await instance.kubectl('get', 'pods', '-n', 'apps', '-l', 'app=tiny', '-o', 'name');
    const [pod = ''] = pods.trim().split('\n');
    const [running = ''] = await tinyContainers(instance);
    await killContainer(instance, running);
    await eventually(async () => {
      const [container] = await tinyContainers(instance);
      assert.match(container ?? '', /restarted 1$/);
    });
    assert.match(await instance.kubectl('logs', '-n', 'apps', pod, '-c', 'web', '--previous'), /serving version 5/);
    await eventually(async () => assert.equal(await index(), 'tiny 5'));
  });

  await t.test('after down and up everything is back, and another up changes nothing', async () => {
    const starts = await countStarts(instance);
    await instance.croft('down');
    await assert.rejects(instance.ask(host), /ECONNREFUSED/);
    assert.equal(await readStartsOnDisk(instance), starts);
    await instance.croft('up', '--no-install');
    await isReady('5');
    assert.equal(await index(), 'tiny 5');
    assert.equal(await countStarts(instance), starts + 1);
    const before = await tinyContainers(instance);
    const pid = await readFile(join(instance.dataDir, 'run', 'croft.pid'), 'utf8');
    await instance.croft('up', '--no-install');
    assert.deepEqual(await tinyContainers(instance), before);
    assert.equal(await readFile(join(instance.dataDir, 'run', 'croft.pid'), 'utf8'), pid);
  });
});

function assertAllAnswered({ failures, answers }: Traffic, expected: string[]): void {
  assert.deepEqual(failures, []);
  assert.deepEqual([...answers.keys()].sort(), expected);
}

/** The starts that the application wrote onto its volume, read from the folder of the volume. */
async function readStartsOnDisk({ dataDir }: TestInstance): Promise<number> {
  const names = await readdir(join(dataDir, 'volumes'), { recursive: true });
  const [file] = names.filter((name) => name.endsWith('/starts'));
  assert.ok(file !== undefined, `no file "starts" among ${names.join(', ')}`);
  return (await readFile(join(dataDir, 'volumes', file), 'utf8')).trim().split('\n').length;
}
