import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assignValues, parseValues, renderValues, unsetValue } from './own-values.ts';

test('values are set as helm sets them', () => {
  const set = assignValues({ a: { b: 1 }, keep: 'x' }, ['a.c=true', 'list[0].name=web', 'n=3,m=text', 'empty=']);
  assert.deepEqual(set, { a: { b: 1, c: true }, keep: 'x', list: [{ name: 'web' }], n: 3, m: 'text', empty: '' });
  assert.throws(() => assignValues({}, ['title']), /"title": KEY=VALUE is expected/);
  assert.throws(() => assignValues({}, ['list[x]=1']), /"list\[x\]=1": /);
});

test('a value is taken out with what it leaves empty', () => {
  assert.deepEqual(unsetValue({ a: { b: { c: 1 } }, d: 2 }, 'a.b.c'), { d: 2 });
  assert.deepEqual(unsetValue({ a: { b: 1, c: 2 } }, 'a.b'), { a: { c: 2 } });
  assert.throws(() => unsetValue({ a: 1 }, 'a.b'), /--unset a\.b: it is not among/);
});

test('values come from YAML and go back to it', () => {
  const values = parseValues('a:\n  b: [1, two]\nsize: 1000000\n', 'values.yaml');
  assert.deepEqual(values, { a: { b: [1, 'two'] }, size: 1000000 });
  assert.deepEqual(parseValues(renderValues(values), 'again'), values);
  assert.equal(renderValues({}), '');
  assert.throws(() => parseValues('a: [', 'values.yaml'), /^UserError: values\.yaml: /);
  assert.throws(() => parseValues('- a', 'values.yaml'), /^UserError: values\.yaml: /);
});
