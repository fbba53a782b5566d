import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDescriptions } from './descriptions.ts';
import { openApiSchemaNames } from './openapi-schema.ts';

test('nearly all types and what they are for is known', () => {
  const find = openDescriptions();
  const known = openApiSchemaNames().filter((name) => find(name) !== undefined);
  assert.ok(known.length > 0.8 * openApiSchemaNames().length, `${known.length} of ${openApiSchemaNames().length}`);
});

test('a field that TypeScript writes in its own manner is found', () => {
  const find = openDescriptions();
  assert.match(find('io.k8s.api.apps.v1.Deployment')?.fields.get('status') ?? '', /^Most recently observed status/);
  assert.match(find('io.k8s.apimachinery.pkg.api.resource.Quantity')?.text ?? '', /\n/);
  assert.equal(find('io.k8s.api.apps.v1.Other'), undefined);
  assert.equal(find('com.example.v1.Widget'), undefined);
});
