import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtInSchemas, findOpenApiSchema, openApiSchemaNames } from './openapi-schema.ts';

test('tells how the containers of a pod merge', () => {
  assert.deepEqual(findOpenApiSchema('io.k8s.api.core.v1.PodSpec')?.properties?.containers, {
    type: 'array',
    items: { $ref: 'io.k8s.api.core.v1.Container' },
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['name'],
    'x-kubernetes-patch-strategy': 'merge',
    'x-kubernetes-patch-merge-key': 'name',
  });
});

test('gives the default that list keys need', () => {
  const port = builtInSchemas['io.k8s.api.core.v1.ContainerPort'];
  assert.equal(port?.properties?.protocol?.default, 'TCP');
});

test('has every schema that another refers to', () => {
  const refs = JSON.stringify(openApiSchemaNames().map((name) => findOpenApiSchema(name)));
  const missing = [...refs.matchAll(/"\$ref":"([^"]+)"/g)].filter(([, name = '']) => !(name in builtInSchemas));
  assert.deepEqual(missing, []);
});
