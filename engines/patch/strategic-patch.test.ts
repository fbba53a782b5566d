import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StatusError } from '@croft/api/status';
import { getFieldType } from '@croft/schema/field-type';
import { applyStrategicPatch } from './strategic-patch.ts';

const list = (items: object, key: string, strategy = 'merge') => ({
  type: 'array',
  items,
  'x-kubernetes-patch-strategy': strategy,
  'x-kubernetes-patch-merge-key': key,
});

const type = getFieldType(
  {
    Root: {
      type: 'object',
      properties: {
        finalizers: { type: 'array', items: { type: 'string' }, 'x-kubernetes-patch-strategy': 'merge' },
        containers: list({ $ref: 'Container' }, 'name'),
        volumes: list({ type: 'object', additionalProperties: true }, 'name', 'merge,retainKeys'),
        args: { type: 'array', items: { type: 'string' } },
        strategy: { type: 'object', additionalProperties: true, 'x-kubernetes-patch-strategy': 'retainKeys' },
        data: { type: 'object', additionalProperties: { type: 'string' } },
      },
    },
    Container: {
      type: 'object',
      properties: { name: { type: 'string' }, image: { type: 'string' }, ports: list({ type: 'object' }, 'port') },
    },
  },
  'Root',
);

const apply = (original: object, patch: object): unknown => applyStrategicPatch(original, patch, type);

test('merging lists of scalars: additions, removals and order', () => {
  const first = apply(
    { finalizers: ['a', 'b', 'c'] },
    { '$deleteFromPrimitiveList/finalizers': ['b'], finalizers: ['d'] },
  );
  assert.deepEqual(first, { finalizers: ['d', 'a', 'c'] });
  const second = apply(first as object, { finalizers: ['a', 'e'] });
  assert.deepEqual(second, { finalizers: ['d', 'a', 'e', 'c'] });
  const third = apply(second as object, { '$setElementOrder/finalizers': ['e', 'a'], finalizers: ['e'] });
  assert.deepEqual(third, { finalizers: ['d', 'e', 'a', 'c'] });
  assert.deepEqual(apply(third as object, { finalizers: null }), {});
});

test('merging lists of maps: by key, new ones beside what the patch names', () => {
  const live = { containers: [{ name: 'c', image: '1', ports: [{ port: 1 }] }, { name: 'side' }] };
  const before = structuredClone(live);
  assert.deepEqual(apply(live, { containers: [{ name: 'c', image: '2' }, { name: 'new' }] }), {
    containers: [{ name: 'c', image: '2', ports: [{ port: 1 }] }, { name: 'new' }, { name: 'side' }],
  });
  assert.deepEqual(apply(live, { containers: [{ $patch: 'delete', name: 'c' }] }), { containers: [{ name: 'side' }] });
  assert.deepEqual(apply(live, { containers: [{ $patch: 'delete', name: 'ghost' }] }), live);
  assert.deepEqual(apply(live, { containers: [{ name: 'x' }, { $patch: 'replace' }] }), {
    containers: [{ name: 'x' }],
  });
  assert.deepEqual(
    apply(
      { containers: [{ name: 'b' }, { name: 'a' }] },
      { '$setElementOrder/containers': [{ name: 'a' }, { name: 'b' }] },
    ),
    {
      containers: [{ name: 'a' }, { name: 'b' }],
    },
  );
  assert.deepEqual(live, before);
});

test('lists without the merge strategy are replaced', () => {
  assert.deepEqual(apply({ args: ['a', 'b'] }, { args: ['z'] }), { args: ['z'] });
});

test('$retainKeys and $patch in maps', () => {
  const live = { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } };
  assert.deepEqual(apply(live, { strategy: { $retainKeys: ['type'], type: 'Recreate' } }), {
    strategy: { type: 'Recreate' },
  });
  assert.deepEqual(
    apply(
      { volumes: [{ name: 'v', emptyDir: {} }] },
      { volumes: [{ name: 'v', $retainKeys: ['name', 'configMap'], configMap: {} }] },
    ),
    {
      volumes: [{ name: 'v', configMap: {} }],
    },
  );
  assert.deepEqual(apply(live, { strategy: { $patch: 'replace', a: 1 } }), { strategy: { a: 1 } });
  assert.deepEqual(apply(live, { strategy: { $patch: 'delete' } }), { strategy: {} });
  assert.throws(() => apply(live, { strategy: { $retainKeys: ['x'], type: 'Recreate' } }), StatusError);
});

test('what is new loses its nulls and directives', () => {
  assert.deepEqual(apply({}, { data: { a: null, b: '1' }, strategy: { $patch: 'delete' } }), { data: { b: '1' } });
});

test('keys of Object.prototype are keys like others', () => {
  const patch = JSON.parse('{"data":{"__proto__":"x","constructor":"y"}}') as object;
  const result = apply({ data: { a: '1' } }, patch) as { data: object };
  assert.equal(JSON.stringify(result), '{"data":{"a":"1","__proto__":"x","constructor":"y"}}');
  assert.equal(Object.getPrototypeOf(result.data), Object.prototype);
});

test('an item without its merge key is refused', () => {
  assert.throws(() => apply({ containers: [{ name: 'c' }] }, { containers: [{ image: 'x' }] }), {
    message: 'map: map[image:x] does not contain declared merge key: name',
  });
});
