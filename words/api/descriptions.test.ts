import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDescriptions } from './descriptions.ts';
import { openApiSchemaNames } from './openapi-schema.ts';

test('what each type is for is known', () => {
  const find = openDescriptions();
  assert.deepEqual(
    openApiSchemaNames().filter((name) => find(name) === undefined),
    [],
  );
});

test('types and fields are found wherever they are declared', () => {
  const find = openDescriptions();
  assert.match(
    find('io.k8s.api.apps.v1.Deployment')?.fields.get('status')?.text ?? '',
    /^Most recently observed status/,
  );
  assert.match(find('io.k8s.api.rbac.v1.Role')?.fields.get('kind')?.text ?? '', /^Kind is a string value/);
  assert.match(find('io.k8s.apimachinery.pkg.api.resource.Quantity')?.text ?? '', /\n/);
  assert.equal(find('io.k8s.api.apps.v1.Other'), undefined);
  assert.equal(find('com.example.v1.Widget'), undefined);
});
