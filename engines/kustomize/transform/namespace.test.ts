import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildFiles } from '../testing/build-files.ts';

test('subjects of a binding that are no list are refused', () => {
  const head = 'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: b}\n';
  const files = {
    'kustomization.yaml': 'namespace: web\nresources: [b.yaml]\n',
    'b.yaml': `${head}roleRef: {kind: ClusterRole, name: r}\nsubjects: {name: sa}\n`,
  };
  assert.throws(() => buildFiles(files), {
    message: /^setting namespace on \(cluster\)role binding subjects: wrong node kind: expected SequenceNode/,
  });
});

test('a null kind is none', () => {
  const files = {
    'kustomization.yaml': 'resources: [a.yaml]\n',
    'a.yaml': 'apiVersion: v1\nkind: ~\nmetadata: {name: a}\n',
  };
  assert.throws(() => buildFiles(files), { message: /missing kind in object \{\{v1 \} \{\{a \} map\[\] map\[\]\}\}/ });
});
