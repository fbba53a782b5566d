import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveText } from './core-schema.ts';
import { makeNode, makeScalar, makeString } from './node.ts';
import { nodeToValue, toPlain } from './node-value.ts';
import { readNode } from './read-documents.ts';
import { needsQuotes, resolveScalar } from './scalar.ts';

test('texts as go-yaml v3 reads them', () => {
  const meanings: Record<string, unknown> = {
    yes: 'yes',
    '0777': 511,
    '0o17': 15,
    '089': 89,
    '1_000': 1000,
    '1e3': 1000,
    '18446744073709551615': 18446744073709551615n,
    '2020-1-2': '2020-01-02T00:00:00Z',
    '2001-12-14t21:59:43.10-05:00': '2001-12-14T21:59:43.1-05:00',
    '12:30:45': '12:30:45',
    '': null,
  };
  for (const [text, value] of Object.entries(meanings)) assert.equal(resolveText(text).value, value, text);
});

test('tag and quotes decide before the text', () => {
  assert.equal(resolveScalar(makeString('5')).value, '5');
  assert.equal(resolveScalar(makeScalar('5')).value, 5);
  assert.equal(resolveScalar({ ...makeScalar('5'), quoted: true }).value, '5');
  assert.equal(resolveScalar(makeScalar('a: b')).value, 'a: b');
  assert.throws(() => resolveScalar(makeNode('scalar', 'fast', '!!int')), /cannot decode !!str `fast` as a !!int/);
});

test('texts that need quotes', () => {
  for (const text of ['', 'true', '5', 'yes', 'a: b', '12:30', 'a\nb']) assert.ok(needsQuotes(text), text);
  for (const text of ['a', 'a b', 'v1.2.3']) assert.ok(!needsQuotes(text), text);
});

test('writing and reading again changes folded text before an indented line, and nothing in brackets', () => {
  const node = readNode('a: >\n  x\n  y\n\n    z\n  w\nb: {c: , d: ~}\ne:\n');
  assert.ok(node);
  assert.deepEqual(toPlain(nodeToValue(node)), { a: 'x y\n\n\n  z\nw\n', b: { c: '', d: null }, e: null });
});
