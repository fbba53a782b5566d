import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Value } from '@croft/gotemplate/value';
import { findSchemaProblem } from './schema.ts';

function problemOf(schema: unknown, values: Record<string, Value>): string | undefined {
  return findSchemaProblem(JSON.stringify(schema), new Map(Object.entries(values)));
}

test('names of properties are values without a place', () => {
  const schema = { properties: { m: { propertyNames: { maxLength: 2 } } } };
  assert.equal(
    problemOf(schema, { m: new Map([['long', 1]]) }),
    "- at '': invalid propertyName 'long'\n  - at '': maxLength: got 4, want 2\n",
  );
});

test('what no item fits is told item by item', () => {
  const schema = { properties: { l: { contains: { type: 'boolean' }, minContains: 1 } } };
  assert.equal(
    problemOf(schema, { l: [7] }),
    "- at '/l': min 1 items required to match contains schema, but none matched\n  - at '/l/0': got number, want boolean\n",
  );
});

test('items behind the first ones are counted anew', () => {
  const schema = { properties: { l: { prefixItems: [{ type: 'string' }], items: { type: 'number' } } } };
  assert.equal(problemOf(schema, { l: ['a', 7, 'b'] }), "- at '/l/1': got string, want number\n");
});

test('draft 4 flags that a bound is exclusive', () => {
  const schema = {
    $schema: 'http://json-schema.org/draft-04/schema#',
    properties: { n: { minimum: 3, exclusiveMinimum: true } },
  };
  assert.equal(problemOf(schema, { n: 3 }), "- at '/n': exclusiveMinimum: got 3, want 3\n");
  assert.equal(problemOf(schema, { n: 4 }), undefined);
});

test('constants that are no scalars are not shown', () => {
  assert.equal(problemOf({ properties: { c: { const: [1] } } }, { c: 1 }), "- at '/c': 'const' failed\n");
  assert.equal(problemOf({ properties: { c: { enum: [[1]] } } }, { c: 1 }), "- at '/c': 'enum' failed\n");
});

test('a schema that is none is told by the rules of its draft', () => {
  const start = '"file:///values.schema.json#" is not valid against metaschema: jsonschema validation failed with ';
  assert.equal(
    problemOf({ properties: { a: { minLength: -3 } } }, {}),
    `${start}'https://json-schema.org/draft/2020-12/schema#'\n- at '': 'allOf' failed\n  - at '/properties/a': 'allOf' failed\n    - at '/properties/a/minLength': minimum: got -3, want 0`,
  );
  assert.equal(
    problemOf({ $schema: 'http://json-schema.org/draft-06/schema', required: 'a' }, {}),
    `${start}'http://json-schema.org/draft-06/schema#'\n- at '/required': got string, want array`,
  );
  assert.match(
    problemOf({ $schema: 'https://schemas.test/own' }, {}) ?? '',
    /^failing loading "https:\/\/schemas\.test/,
  );
});

test('draft 4 knows no constants', () => {
  const schema = { $schema: 'http://json-schema.org/draft-04/schema#', properties: { a: { const: 1 } } };
  assert.equal(problemOf(schema, { a: 2 }), undefined);
});

test('a reference that leads nowhere fails, used or not', () => {
  const other = { properties: { a: { $ref: 'defs/other.json#/x' } } };
  assert.equal(
    problemOf(other, {}),
    'failing loading "file:///defs/other.json": open /defs/other.json: no such file or directory',
  );
  const remote = { $id: 'https://schemas.test/root.json', items: { $ref: 'part.json' } };
  assert.match(
    problemOf(remote, {}) ?? '',
    /^failing loading "https:\/\/schemas\.test\/part\.json": HTTP request failed/,
  );
  const near = { properties: { a: { items: { $ref: 'deep.json' } }, b: { $ref: 'near.json' } } };
  assert.match(problemOf(near, {}) ?? '', /^failing loading "file:\/\/\/near\.json"/);
});
