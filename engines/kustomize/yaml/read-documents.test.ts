import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDocuments } from './read-documents.ts';

test('an error names the line where what cannot be read began', () => {
  const cases = [
    ['a: 1\nb:\n  c: 1\n  d: 2\n  - e\n', 'line 2: did not find expected key'],
    ['a: 1\nb: "no end\nc: 2\nd: 3\n', 'line 2: found unexpected end of stream'],
    ['a: 1\nb\nc: 2\n', "line 2: could not find expected ':'"],
    ['a: 1\nb: [1, 2\nc: 3\n', "line 1: did not find expected ',' or ']'"],
    ['a: 1\nb: 2: 3\n', 'line 2: mapping values are not allowed in this context'],
  ] as const;
  for (const [text, message] of cases) {
    assert.throws(() => readDocuments(text), { message: `MalformedYAMLError: yaml: ${message}` });
  }
});

test('of two errors close by, the one of the later tokens is told', () => {
  assert.throws(() => readDocuments('a: 1\nb: 2\n- c\n  d: 3\n'), {
    message: 'MalformedYAMLError: yaml: line 4: mapping values are not allowed in this context',
  });
});
