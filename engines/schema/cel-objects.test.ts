import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeObjectsAsMaps } from './cel-objects.ts';

test('objects of a named type become maps', () => {
  const rewritten: [string, string][] = [
    ['Object{spec: Object.spec{replicas: 3}}', '{"spec": {"replicas": 3}}'],
    ['Object{}', '{}'],
    [
      '[JSONPatch{op: "add", path: "/a{b: c}", value: object.x}]',
      '[{"op": "add", "path": "/a{b: c}", "value": object.x}]',
    ],
    [
      'Object{a: has(object.b) ? {"k": v} : Object.a{c: [d, e], f__dash__g: 1}}',
      '{"a": has(object.b) ? {"k": v} : {"c": [d, e], "f-g": 1}}',
    ],
    [
      'Object{ // "it"\n  metadata: Object.metadata{\n labels: {"x": \'y, z: 1\'} } }',
      '{ // "it"\n  "metadata": {\n "labels": {"x": \'y, z: 1\'} } }',
    ],
    ['Object{a: f(b, c), d: 1}', '{"a": f(b, c), "d": 1}'],
    ['myObject.size() + object.a', 'myObject.size() + object.a'],
  ];
  for (const [text, expected] of rewritten) assert.equal(writeObjectsAsMaps(text), expected);
});
