import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { UserError } from '@croft/foundation/errors';
import { editText } from './edit-text.ts';

async function setUp(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'croft-edit-text-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test('the editor changes the text, and no file is left', async (t) => {
  const folder = await setUp(t);
  const env = { EDITOR: 'sed -i s/old/new/' };
  assert.equal(await editText('a: old\n', env, (text) => text, folder), 'a: new\n');
  assert.deepEqual(await readdir(folder), []);
});

test('what cannot be read stays in a file that the error names', async (t) => {
  const folder = await setUp(t);
  const refuse = () => {
    throw new UserError('line 1 is wrong');
  };
  const failed = editText('a: 1\n', { VISUAL: 'true' }, refuse, folder);
  const { message } = await failed.then(assert.fail, (error: Error) => error);
  const [, file = ''] = /line 1 is wrong; nothing was changed, your text is in (\S+)$/.exec(message) ?? [];
  assert.equal(await readFile(file, 'utf8'), 'a: 1\n');
  await assert.rejects(
    editText('a', { EDITOR: 'false' }, (text) => text, folder),
    /the editor ended with exit code 1/,
  );
});
