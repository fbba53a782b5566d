import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diffLines, diffValues } from './line-diff.ts';

test('shows a change with three lines around it', () => {
  const left = 'a\nb\nc\nd\ne\nf\ng\nh';
  assert.equal(diffLines(left, left.replace('e', 'E')), '@@ -2,7 +2,7 @@\n b\n c\n d\n-e\n+E\n f\n g\n h\n');
});

test('parts changes that lie far from one another', () => {
  const lines = Array.from({ length: 20 }, (_, index) => String(index));
  const changed = lines.with(0, 'x').with(19, 'y');
  assert.equal(diffLines(lines.join('\n'), changed.join('\n')).match(/@@ /g)?.length, 2);
});

test('shows nothing where nothing changed', () => assert.equal(diffValues({ a: 1 }, { a: 1 }), ''));
