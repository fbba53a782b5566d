import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

test('the example of the README gives what the README says', async () => {
  const readme = await readFile(new URL('./README.md', import.meta.url), 'utf8');
  const code = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const output = /```yaml\n([\s\S]*?)```/.exec(readme)?.[1];
  const folder = await mkdtemp(join(import.meta.dirname, '.readme-'));
  try {
    const file = join(folder, 'example.ts');
    await writeFile(file, code);
    const example = (await import(file)) as { output: string };
    assert.equal(example.output, output);
  } finally {
    await rm(folder, { recursive: true });
  }
});
