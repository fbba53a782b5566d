import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonEqual } from './json.ts';
import { readKey, withKey, withoutKey } from './json-keys.ts';

const parse = (json: string): object => JSON.parse(json) as object;

test('values are equal whatever the order of keys; undefined is absent', () => {
  assert.ok(jsonEqual({ a: [1, { b: null }], c: 'x' }, { c: 'x', a: [1, { b: null }] }));
  assert.ok(jsonEqual({ a: undefined }, {}));
  assert.ok(jsonEqual({}, { a: undefined }));
  assert.ok(!jsonEqual({ a: null }, {}));
  assert.ok(!jsonEqual([1], { 0: 1 }));
  assert.ok(!jsonEqual([1, 2], [1]));
});

test('keys that every object inherits are no equal of absent ones', () => {
  for (const json of ['{"constructor":1}', '{"__proto__":1}', '{"toString":1}']) {
    assert.ok(!jsonEqual({}, parse(json)), json);
    assert.ok(!jsonEqual(parse(json), {}), json);
    assert.ok(jsonEqual(parse(json), parse(json)), json);
  }
});

test('keys are read, set and removed without the prototype', () => {
  assert.equal(readKey({}, 'constructor'), undefined);
  const object = withKey({ a: 1 }, '__proto__', 'x');
  assert.equal(JSON.stringify(object), '{"a":1,"__proto__":"x"}');
  assert.equal(readKey(object, '__proto__'), 'x');
  assert.equal(JSON.stringify(withoutKey(object, '__proto__')), '{"a":1}');
  assert.equal(withoutKey(object, 'toString'), object);
});
