import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { diffLines } from './diff-lines.ts';

test('changed lines stand with those around them, far ones apart', () => {
  const before = 'a\nb\nc\nd\ne\nf\ng\nh\n';
  const after = 'a\nB\nc\nd\ne\nf\ng\nh\ni\n';
  assert.equal(diffLines(before, after, 1), ' a\n-b\n+B\n c\n@@\n h\n+i\n');
  assert.equal(diffLines(before, after, 3), ' a\n-b\n+B\n c\n d\n e\n f\n g\n h\n+i\n');
  assert.equal(diffLines(before, before, 3), '');
  assert.equal(diffLines('', 'x\n', 3), '+x\n');
});

test('a diff with all lines holds both texts', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(text, text, (before, after) => {
      const diff = diffLines(before.join('\n'), after.join('\n'), 100);
      const lines = diff === '' ? before.map((line) => ` ${line}`) : diff.trimEnd().split('\n');
      const take = (signs: string) =>
        lines.filter((line) => signs.includes(line[0] ?? '')).map((line) => line.slice(1));
      assert.deepEqual(take(' -'), before);
      assert.deepEqual(take(' +'), after);
    }),
  );
});
