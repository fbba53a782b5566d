import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

test('keeps the generated schemas up to date', async () => {
  const script = fileURLToPath(new URL('schemas.ts', import.meta.url));
  const { stderr } = await promisify(execFile)(process.execPath, [script, '--check'], { timeout: 60_000 });
  assert.equal(stderr, '');
});
