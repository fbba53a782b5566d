import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeToValue, type Value } from '../yaml/node-value.ts';
import { readDocuments } from '../yaml/read-documents.ts';
import { parseJsonPatch, patchObject } from './json-patch.ts';

function patch(operation: string): Map<string, Value> {
  const [node] = readDocuments(
    'apiVersion: e/v1\nkind: G\nmetadata: {name: g}\nspec: {list: [1, 2], big: 12345678901234567890}\n',
  );
  assert.ok(node);
  patchObject(node, parseJsonPatch(`- ${operation}`));
  return (nodeToValue(node) as Map<string, Map<string, Value>>).get('spec') ?? new Map();
}

test('operations change the object; numbers become float64', () => {
  const changed = patch('{op: add, path: /spec/list/-, value: yes}');
  assert.deepEqual(changed.get('list'), [1, 2, true]);
  assert.equal(changed.get('big'), 12345678901234567000);
});

test('errors are those of the library that kustomize uses', () => {
  const errors: Record<string, string> = {
    '{op: replace, path: /spec/none, value: 1}':
      'replace operation does not apply: doc is missing key: /spec/none: missing value',
    '{op: add, path: /a/b, value: 1}': 'add operation does not apply: doc is missing path: "/a/b": missing value',
    '{op: remove, path: /spec/list/5}':
      "error in remove for path: '/spec/list/5': Unable to access invalid index: 5: invalid index referenced",
    '{op: copy, from: /spec/none, path: /spec/x}':
      "error in copy for from: '/spec/none': unable to get nonexistent key: none: missing value",
    '{op: test, path: /spec/list/0, value: 9}': 'testing value /spec/list/0 failed: test failed',
  };
  for (const [operation, message] of Object.entries(errors)) {
    assert.throws(() => patch(operation), { message }, operation);
  }
});

test('what is no list of operations is no patch', () => {
  for (const text of ['', 'a: b', '- op: bogus\n  path: /a', '- op: add\n  path: /a', '- {op: move, path: /a}']) {
    assert.throws(() => parseJsonPatch(text), text);
  }
});

test('an incomplete operation is shown with what it lacks', () => {
  assert.throws(() => parseJsonPatch('- {path: /a, op: add}'), {
    message:
      'invalid operation {"op":"add","path":"/a"}: failed to decode \'value\': operation, missing value field: missing value',
  });
  assert.throws(() => parseJsonPatch('- {path: /a, op: put}'), { message: /: unsupported operation$/ });
  assert.throws(() => parseJsonPatch('[{"op": x}]'), {
    message: /^invalid character 'x' looking for beginning of value$/,
  });
});

test('a copy that does not fit says whether its source or its destination is wrong', () => {
  const apply = (operations: string): void => {
    const [node] = readDocuments('a: [1]\nb: x\n');
    if (node !== undefined) patchObject(node, parseJsonPatch(operations));
  };
  assert.throws(() => apply('- {op: copy, from: "", path: /c}'), {
    message: /doc is missing from path: : missing value$/,
  });
  assert.throws(() => apply('- {op: copy, from: /b, path: /a/7}'), {
    message: /^error while adding value during copy: /,
  });
  assert.doesNotThrow(() => apply('- {op: replace, path: "", value: 1}'));
});
