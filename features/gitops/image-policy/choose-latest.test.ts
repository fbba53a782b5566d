import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseLatest, InvalidPolicy } from './choose-latest.ts';
import { filterTags } from './filter-tags.ts';

test('semver takes the newest within the range, with or without v, and no loose versions', () => {
  const tags = ['latest', '1.2', '1.9.0', 'v1.10.0', '2.0.0', '1.10.1-rc.1', '1.010.5'];
  assert.equal(chooseLatest(tags, { semver: { range: '^1.2' } }), 'v1.10.0');
  assert.equal(chooseLatest(tags, { semver: { range: '>=1.0.0-0 <2.0.0' } }), '1.10.1-rc.1');
  assert.throws(() => chooseLatest(tags, { semver: { range: '3.x' } }), /unable to determine latest version/);
  assert.throws(() => chooseLatest(tags, { semver: { range: 'newest' } }), InvalidPolicy);
});

test('alphabetical and numerical order go either way', () => {
  assert.equal(chooseLatest(['b', 'c', 'a'], { alphabetical: { order: 'asc' } }), 'c');
  assert.equal(chooseLatest(['b', 'c', 'a'], { alphabetical: { order: 'desc' } }), 'a');
  assert.equal(chooseLatest(['10', '9', '1e0'], { numerical: {} }), '10');
  assert.equal(chooseLatest(['10', '9', '-2.5'], { numerical: { order: 'desc' } }), '-2.5');
  const large = ['20260101120000000001', '20260101120000000003', '20260101120000000002'];
  assert.equal(chooseLatest(large, { numerical: {} }), '20260101120000000003');
  assert.throws(() => chooseLatest(['1', 'two'], { numerical: {} }), /failed to parse invalid numeric value 'two'/);
  assert.throws(() => chooseLatest([], { numerical: {} }), /cannot be empty/);
  assert.throws(() => chooseLatest(['1'], {}), InvalidPolicy);
});

test('filters choose tags, and the part of them that is compared', () => {
  const tags = ['main-a1-1700000002', 'main-b2-1700000001', 'dev-c3-1700000003'];
  const compared = filterTags(tags, { pattern: '^main-[a-f0-9]+-(?P<ts>[0-9]+)', extract: '$ts' });
  assert.deepEqual(
    [...compared],
    [
      ['1700000002', 'main-a1-1700000002'],
      ['1700000001', 'main-b2-1700000001'],
    ],
  );
  assert.deepEqual([...filterTags(['7-x'], { pattern: '^([0-9]+)-', extract: '${1}.$$.$2' }).keys()], ['7.$.']);
  assert.deepEqual([...filterTags(tags, { pattern: '^dev' })], [[tags[2], tags[2]]]);
  assert.throws(() => filterTags(tags, { pattern: '(' }), InvalidPolicy);
});
