import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readYaml } from './read.ts';
import { writeYaml } from './write.ts';

test('keys are in natural order, lists are not indented', () => {
  const value = readYaml('b10: 1\nb9: [x, {k: v, l: [1]}]\na: {}\n');
  assert.equal(writeYaml(value), 'a: {}\nb9:\n- x\n- k: v\n  l:\n  - 1\nb10: 1\n');
});

test('what would not come back as text is quoted', () => {
  assert.equal(
    writeYaml(['yes', '1', '12:30', 'a: b', '', '- x']),
    '- "yes"\n- "1"\n- "12:30"\n- \'a: b\'\n- ""\n- \'- x\'\n',
  );
});

test('lines become blocks, long ones are folded', () => {
  assert.equal(writeYaml(new Map([['t', 'a\nb\n']])), 't: |\n  a\n  b\n');
  const words = Array(20).fill('word').join(' ');
  assert.equal(writeYaml(new Map([['k', words]])).split('\n').length, 3);
});
