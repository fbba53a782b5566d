import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestServer } from '../testing/http-server.ts';
import { openRegistry } from './registry.ts';
import { chooseTag, fetchTags, versionTags } from './tags.ts';

test('pages of tags are read to the end', async () => {
  const tags = ['1.0.0', '1.1.0', '1.2.0', '1.3.0', '1.4.0'];
  await using server = await startTestServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://t');
    const start = tags.indexOf(searchParams.get('last') ?? '') + 1;
    const page = tags.slice(start, start + 2);
    if (start + 2 < tags.length) response.setHeader('link', `</v2/a/b/tags/list?last=${page.at(-1)}&n=2>; rel="next"`);
    response.end(JSON.stringify({ name: 'a/b', tags: page }));
  });
  const registry = openRegistry(new URL(server.url).host, { plainHttp: true });
  assert.deepEqual(await fetchTags(registry, 'a/b'), tags);
  assert.equal(server.requests.length, 3);
});

test('tags that are versions are sorted; what is none is passed over', () => {
  const tags = [
    'latest',
    '1.9.0',
    '1.10.0',
    'v1.11.0',
    '1.10.0-rc.2',
    '1.10.0-rc.10',
    '1.2',
    '01.2.3',
    '1.0.0_build.1',
  ];
  const sorted = versionTags(tags);
  assert.deepEqual(
    sorted.map(({ version }) => version),
    ['1.10.0', '1.10.0-rc.10', '1.10.0-rc.2', '1.9.0', '1.0.0+build.1'],
  );
  assert.equal(versionTags(tags, { allowV: true })[0]?.tag, 'v1.11.0');
  assert.equal(chooseTag(sorted, '1.0.0+build.1')?.tag, '1.0.0_build.1');
  assert.equal(chooseTag(sorted, '~1.9')?.version, '1.9.0');
  assert.equal(chooseTag(sorted, '1.10.0-rc.2')?.version, '1.10.0-rc.2');
  assert.equal(chooseTag(sorted, '^2'), undefined);
  assert.throws(() => chooseTag(sorted, 'a b'), /improper constraint/);
});
