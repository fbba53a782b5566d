import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

test('the example of the README prints what it says', async () => {
  const readme = readFileSync(new URL('./README.md', import.meta.url), 'utf8');
  const code = /```ts\n(.*?)```/s.exec(readme)?.[1] ?? '';
  const said = /It prints `(.*?)`/.exec(readme)?.[1];
  const resolved = code.replace(/from '(@croft[^']*)'/g, (_, name: string) => `from '${import.meta.resolve(name)}'`);
  const printed: string[] = [];
  const log = console.log;
  console.log = (text: string) => printed.push(text);
  try {
    await import(`data:text/javascript,${encodeURIComponent(resolved)}`);
  } finally {
    console.log = log;
  }
  assert.deepEqual(
    printed.map((line) => line.trim()),
    [said],
  );
});
