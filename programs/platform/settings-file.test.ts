import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { editSettings, setEnabled, setIn } from './settings-file.ts';

async function setUp(t: TestContext, text?: string) {
  const folder = await mkdtemp(join(tmpdir(), 'croft-settings-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'settings.yaml');
  if (text !== undefined) await writeFile(path, text);
  return { path, read: () => readFile(path, 'utf8') };
}

const ours = '# ours\ndomain: a.org # the town\nenabled_applications: [web]\n';

test('the first edit writes the file, for its owner alone', async (t) => {
  const { path, read } = await setUp(t);
  assert.equal(await editSettings(path, () => {}, { domain: 'b.org', applications: ['web'] }), true);
  assert.match(await read(), /^domain: b\.org$/m);
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.equal(await editSettings(path, () => {}), false);
});

test('an edit keeps comments, and what it takes back leaves nothing', async (t) => {
  const { path, read } = await setUp(t, ours);
  await editSettings(path, (document) => {
    setEnabled(document, 'wiki', true);
    setIn(document, ['applications', 'wiki', 'values'], { a: { b: 1 } });
    setIn(document, ['applications', 'wiki', 'volumes'], 'delete');
  });
  assert.match(
    await read(),
    /^# ours\ndomain: a\.org # the town\nenabled_applications: \[web, wiki\]\napplications:\n/,
  );
  await editSettings(path, (document) => {
    setEnabled(document, 'wiki', false);
    setIn(document, ['applications', 'wiki', 'values'], undefined);
    setIn(document, ['applications', 'wiki', 'volumes'], undefined);
    setIn(document, ['local_flux'], undefined);
  });
  assert.equal(await read(), ours);
});

test('a change that somebody else made between reading and writing stays', async (t) => {
  const { path, read } = await setUp(t, ours);
  let isFirst = true;
  await editSettings(path, (document) => {
    if (isFirst) writeFileSync(path, ours.replace('a.org', 'b.org'));
    isFirst = false;
    setEnabled(document, 'wiki', true);
  });
  assert.match(await read(), /domain: b\.org.*\nenabled_applications: \[web, wiki\]/);
});

test('a broken file is not touched, nor is one made broken', async (t) => {
  const { path, read } = await setUp(t, `${ours}nonsense: 1\n`);
  await assert.rejects(
    editSettings(path, () => {}),
    /nonsense: is no setting/,
  );
  const good = await setUp(t, ours);
  await assert.rejects(
    editSettings(good.path, (document) => document.set('domain', 'a b')),
    /domain: a domain name is expected/,
  );
  assert.equal(await good.read(), ours);
  assert.match(await read(), /nonsense/);
});
