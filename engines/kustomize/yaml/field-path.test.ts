import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitBracketPath, splitPath } from './field-path.ts';

test('a backslash keeps the delimiter, brackets keep what they hold', () => {
  assert.deepEqual(splitPath('metadata/annotations/a.b\\/c', '/'), ['metadata', 'annotations', 'a.b/c']);
  assert.deepEqual(splitPath('/a/b', '/'), ['a', 'b']);
  assert.deepEqual(splitBracketPath('spec.list.[name=a.b].x', '.'), ['spec', 'list', '[name=a.b]', 'x']);
  assert.deepEqual(splitBracketPath('metadata.annotations.[a.b/c]', '.'), ['metadata', 'annotations', 'a.b/c']);
});
