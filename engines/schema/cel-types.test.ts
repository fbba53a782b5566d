import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkTypes } from './cel-types.ts';
import type { StructuralSchema } from './structural-schema.ts';

const text: StructuralSchema = { type: 'string' };
const schema: StructuralSchema = {
  type: 'object',
  properties: { a: text, list: { type: 'array', items: text } },
};

test('what does not fit the schema is told in the words of CEL, with its place', () => {
  const issues: [string, string][] = [
    ['self.b == "x"', 'ERROR: <input>:1:5: undefined field \'b\'\n | self.b == "x"\n | ....^'],
    ['self.a.b', "ERROR: <input>:1:7: type 'string' does not support field selection\n | self.a.b\n | ......^"],
    ['foo == "x"', "ERROR: <input>:1:1: undeclared reference to 'foo' (in container '')\n | foo == \"x\"\n | ^"],
    [
      'self.a.nope()',
      "ERROR: <input>:1:12: undeclared reference to 'nope' (in container '')\n | self.a.nope()\n | ...........^",
    ],
    [
      'self.a == 1',
      "ERROR: <input>:1:8: found no matching overload for '_==_' applied to '(string, int)'\n | self.a == 1\n | .......^",
    ],
  ];
  for (const [expression, error] of issues) assert.equal(checkTypes(expression, schema, false).error, error);
});

test('what CEL knows and this library does not is left to the run', () => {
  for (const expression of [
    'self.list.all(i, x, i < 2)',
    'self.list.sortBy(x, x) == self.list',
    'self.a.startsWith("x")',
    'oldSelf.orValue("") == self.a',
    'oldSelf.foo.size() > 0',
    '"%s".format([self.a]) == ""',
    'format.dns1123Label().validate(self.a).hasValue()',
  ]) {
    assert.equal(checkTypes(expression, schema, false).error, undefined, expression);
  }
});
