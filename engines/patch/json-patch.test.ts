import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StatusError } from '@croft/api/status';
import { applyJsonPatch } from './json-patch.ts';

test('all operations, in order', () => {
  const live = { data: { a: '1', b: '2' }, list: ['x', 'y'] };
  const before = structuredClone(live);
  const result = applyJsonPatch<object>(live, [
    { op: 'add', path: '/data/c', value: '3' },
    { op: 'replace', path: '/data/a', value: '9' },
    { op: 'remove', path: '/data/b' },
    { op: 'test', path: '/data/c', value: '3' },
    { op: 'copy', from: '/data/c', path: '/data/d' },
    { op: 'move', from: '/data/d', path: '/data/e~1f' },
    { op: 'add', path: '/list/0', value: 'w' },
    { op: 'remove', path: '/list/1' },
    { op: 'add', path: '/list/-', value: 'z' },
  ]);
  assert.deepEqual(result, { data: { a: '9', c: '3', 'e/f': '3' }, list: ['w', 'y', 'z'] });
  assert.deepEqual(live, before);
});

test('what the library of Kubernetes lets pass', () => {
  assert.deepEqual(applyJsonPatch<object>({}, [{ op: 'replace', path: '/nope', value: 1 }]), { nope: 1 });
  assert.deepEqual(applyJsonPatch<object>({}, [{ op: 'add', path: 'data/z', value: 1 }]), { z: 1 });
  assert.deepEqual(applyJsonPatch<object>({ l: [1, 2] }, [{ op: 'remove', path: '/l/-1' }]), { l: [1] });
  const same = { a: 1 };
  assert.equal(applyJsonPatch(same, []), same);
});

test('operations that fail are 422', () => {
  const failing = [
    { op: 'test', path: '/a', value: 2 },
    { op: 'remove', path: '/nope' },
    { op: 'add', path: '/spec/x/y', value: 1 },
    { op: 'frob', path: '/a' },
    { op: 'add', path: '/l/5', value: 1 },
    { op: 'add', path: '/constructor/prototype/x', value: 1 },
  ];
  for (const operation of failing) {
    assert.throws(
      () => applyJsonPatch({ a: 1, l: [] }, [operation]),
      (error: StatusError) => error.code === 422 && error.reason === 'Invalid',
      JSON.stringify(operation),
    );
  }
});

test('what is no list of operations is 400', () => {
  const decoding = {
    message: 'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
  };
  assert.throws(() => applyJsonPatch({}, { op: 'add' }), decoding);
});
