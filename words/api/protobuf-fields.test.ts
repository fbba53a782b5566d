import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findMessageLayout, type MessageLayout } from './protobuf-fields.ts';
import { definitionNames, getDefinition } from './schemas.ts';

function namesIn(layout: MessageLayout): string[] {
  return [...layout.values()].flatMap((field) => (typeof field === 'string' ? [field] : namesIn(field)));
}

test('numbers fields, over gaps and into nested messages', () => {
  assert.equal(findMessageLayout('meta.v1.ObjectMeta')?.get(17), 'managedFields');
  const source = findMessageLayout('core.v1.Volume')?.get(2);
  assert.ok(source instanceof Map);
  assert.equal(source.get(1), 'hostPath');
});

test('numbers every field, but those that are only tried out', () => {
  const missing = definitionNames().flatMap((name) => {
    const known = new Set(['apiVersion', 'kind', ...namesIn(findMessageLayout(name) ?? new Map())]);
    return [...getDefinition(name).fields.keys()]
      .filter((field) => !known.has(field))
      .map((field) => `${name}.${field}`);
  });
  assert.deepEqual(
    missing.filter((field) => !/nodeAllocatable/i.test(field)),
    [],
  );
});
