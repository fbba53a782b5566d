import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileExpression } from './cel-rule.ts';

const run = (text: string, self: unknown = null): unknown => {
  const expression = compileExpression(text);
  if (expression instanceof Error) throw expression;
  return expression.run({ self });
};

test('texts are formatted as cel-go does', () => {
  const texts: [string, string][] = [
    ['"%s has %d".format(["a", 3])', 'a has 3'],
    ['"%s %s".format([[1, "b"], {"k": 2, "a": true}])', '[1, b] {a: true, k: 2}'],
    ['"%.2f|%f|%e".format([1.5, 2.0, 1234.5])', '1.50|2.000000|1.234500e+03'],
    ['"%x %X %o %b %b %%".format([255, 255, 8, 5, true])', 'ff FF 10 101 1 %'],
    ['"%s %s".format([true, null])', 'true null'],
  ];
  for (const [expression, text] of texts) assert.equal(run(expression), text, expression);
  assert.throws(() => run('"%s %s".format(["a"])'), /index 1 out of range/);
  assert.throws(() => run('"%d".format(["a"])'), /only integers can be formatted with %d/);
  assert.throws(() => run('"%z".format(["a"])'), /unrecognized formatting clause "z"/);
});

test('lists are sets, and can be put in order', () => {
  for (const expression of [
    'sets.contains([1, 2, 3], [2, 2])',
    '!sets.contains([1], [2])',
    'sets.contains([], [])',
    'sets.equivalent([1, 2, 2], [2, 1])',
    'sets.intersects(["a"], ["b", "a"])',
    '[1, 2, 2, 1].distinct() == [1, 2]',
    '[3, 1, 2].sort() == [1, 2, 3]',
    '[1, 2, 3].reverse() == [3, 2, 1]',
    '[[1], [2, [3]]].flatten().size() == 3',
    '[1, 2, 3, 4].slice(1, 3) == [2, 3]',
  ]) {
    assert.equal(run(expression), true, expression);
  }
  assert.throws(() => run('[1].slice(0, 2)'), /list is length 1/);
});

test('named formats say what is wrong with a text', () => {
  assert.equal(run('!format.dns1123Label().validate("my-label").hasValue()'), true);
  assert.equal(run('format.dns1123Label().validate("my.label").value()[0]'), 'must not contain dots');
  assert.equal(run('format.named("dns1035LabelPrefix").value().validate("my-").hasValue()'), false);
  assert.equal(run('format.named("nope").hasValue()'), false);
  assert.equal(run('format.uuid().validate(self).value()[0]', 'x'), 'does not match the UUID format');
});
