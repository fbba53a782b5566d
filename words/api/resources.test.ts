import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtInResources } from './resources.ts';

test('names a resource as discovery does', () => {
  const ingress = builtInResources.find((resource) => resource.plural === 'ingresses');
  assert.equal(ingress?.group, 'networking.k8s.io');
  assert.equal(ingress?.singular, 'ingress');
  assert.deepEqual(ingress?.shortNames, ['ing']);
});

test('hashes the version that objects are stored in', () => {
  const hashes = builtInResources
    .filter((resource) => resource.kind === 'HorizontalPodAutoscaler')
    .map((resource) => resource.storageVersionHash);
  assert.deepEqual(hashes, ['qwQve8ut294=', 'qwQve8ut294=']);
});

test('gives subresources their own kinds and verbs', () => {
  const pods = builtInResources.find((resource) => resource.plural === 'pods');
  const eviction = pods?.subresources.find((subresource) => subresource.name === 'eviction');
  assert.deepEqual(eviction, { name: 'eviction', kind: 'Eviction', verbs: ['create'], apiVersion: 'policy/v1' });
});
