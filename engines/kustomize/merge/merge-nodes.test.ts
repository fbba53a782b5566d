import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeToValue, toPlain } from '../yaml/node-value.ts';
import { readNode } from '../yaml/read-documents.ts';
import { mergeNodes } from './merge-nodes.ts';
import { findBuiltinSchema } from './merge-schema.ts';

function merge(target: string, patch: string): unknown {
  const merged = mergeNodes({
    target: readNode(target),
    patch: readNode(patch),
    schema: undefined,
    findSchema: findBuiltinSchema,
  });
  return merged === undefined ? undefined : toPlain(nodeToValue(merged));
}

const pod = (spec: string): string => `{apiVersion: v1, kind: Pod, spec: ${spec}}`;

function mergePods(target: string, patch: string): unknown {
  return (merge(pod(target), pod(patch)) as { spec: unknown }).spec;
}

test('lists with keys merge, patched elements first', () => {
  const merged = mergePods(
    '{containers: [{name: a, image: x}, {name: b}]}',
    '{containers: [{name: c}, {name: a, tty: true}]}',
  );
  assert.deepEqual(merged, { containers: [{ name: 'c' }, { name: 'a', image: 'x', tty: true }, { name: 'b' }] });
});

test('lists without keys are replaced, and all lists of unknown kinds', () => {
  assert.deepEqual(mergePods('{containers: [{name: a, args: [x]}]}', '{containers: [{name: a, args: [y]}]}'), {
    containers: [{ name: 'a', args: ['y'] }],
  });
  const own = '{apiVersion: e/v1, kind: G, containers: [{name: a}]}';
  assert.deepEqual(merge(own, '{containers: [{name: b}]}'), {
    apiVersion: 'e/v1',
    kind: 'G',
    containers: [{ name: 'b' }],
  });
});

test('ports are known by number and protocol', () => {
  const merged = mergePods(
    '{containers: [{name: a, ports: [{containerPort: 1, protocol: TCP}, {containerPort: 1, protocol: UDP}]}]}',
    '{containers: [{name: a, ports: [{containerPort: 1, protocol: UDP, name: u}]}]}',
  );
  assert.deepEqual(merged, {
    containers: [
      {
        name: 'a',
        ports: [
          { containerPort: 1, protocol: 'TCP' },
          { containerPort: 1, protocol: 'UDP', name: 'u' },
        ],
      },
    ],
  });
});

test('null and $patch take things away', () => {
  assert.deepEqual(merge('{a: 1, b: 2, keep: null}', '{a: null}'), { b: 2, keep: null });
  assert.deepEqual(merge('{a: {x: 1}, b: {x: 1}}', '{a: {$patch: delete}, b: {$patch: replace, y: 2}}'), {
    b: { y: 2 },
  });
  assert.equal(merge('{a: 1}', '{$patch: delete}'), undefined);
  assert.deepEqual(mergePods('{containers: [{name: a}, {name: b}]}', '{containers: [{name: a, $patch: delete}]}'), {
    containers: [{ name: 'b' }],
  });
});

test('another kind of value is an error', () => {
  assert.throws(() => merge('{a: {b: 1}}', '{a: [1]}'), /expected MappingNode but got SequenceNode/);
});
