import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeJson } from '../json/encode.ts';
import { readYaml, readYamlMap } from './read.ts';

const json = (text: string) => encodeJson(readYaml(text));

test('words of YAML 1.1 are booleans, as keys too', () => {
  assert.equal(json('a: yes\non: Off\nc: "no"\n'), '{"a":true,"c":"no","true":false}');
});

test('numbers become floats, dates stay text', () => {
  assert.equal(
    json('a: 0x1F\nb: 017\nc: 1_000\nd: 2024-01-02\ne: 1e3\n'),
    '{"a":31,"b":15,"c":1000,"d":"2024-01-02","e":1000}',
  );
});

test('a merge key overrides what stands before it', () => {
  assert.equal(json('x: &x {a: 1}\nz:\n  a: 2\n  <<: *x\n'), '{"x":{"a":1},"z":{"a":1}}');
});

test('errors name the line', () => {
  assert.throws(() => readYaml('a: b: c\n'), {
    message: 'error converting YAML to JSON: yaml: mapping values are not allowed in this context',
  });
  assert.throws(() => readYaml('a: 1\nb: \n\t- 2\n'), /line 3: found character that cannot start any token/);
});

test('a list is no map', () => {
  assert.throws(() => readYamlMap('- a\n'), /cannot unmarshal array into Go value of type map\[string\]interface \{\}/);
});

test('documents that consist of aliases are refused', () => {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
  for (let i = 1; i < 7; i++)
    lines.push(
      `a${i}: &a${i} [${Array(9)
        .fill(`*a${i - 1}`)
        .join(', ')}]`,
    );
  assert.throws(() => readYaml(lines.join('\n')), /excessive aliasing/);
});

test('a text that begins with the end of a document is none', () => {
  assert.throws(() => readYaml('...\na: 1\n'), { message: /did not find expected node content$/ });
});
