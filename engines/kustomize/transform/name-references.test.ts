import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildFiles } from '../testing/build-files.ts';

const binding = `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: b}
roleRef: {kind: Role, name: r, apiGroup: rbac.authorization.k8s.io}
subjects:
- {kind: ServiceAccount, name: sa, namespace: NAMESPACE}
`;

test('a binding that leaves the namespace of an account blank is refused', () => {
  const files = { 'kustomization.yaml': 'resources: [b.yaml]\n', 'b.yaml': binding.replace('NAMESPACE', 'null') };
  assert.throws(() => buildFiles(files), {
    message: /namespace is blank for resource "RoleBinding.v1.rbac.authorization.k8s.io\/b.\[noNs\]"/,
  });
});

test('a name that may mean several objects is told with all of them', () => {
  const account = (namespace: string): string =>
    `apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: sa, namespace: ${namespace}}\n`;
  const files = {
    'kustomization.yaml': 'resources: [b.yaml, one.yaml, two.yaml]\nnamePrefix: p-\n',
    'b.yaml': binding.replace('kind: RoleBinding', 'kind: ClusterRoleBinding').replace(', namespace: NAMESPACE', ''),
    'one.yaml': account('a'),
    'two.yaml': account('b'),
  };
  assert.throws(
    () => buildFiles(files),
    (error: Error) => {
      assert.match(error.message, /found multiple possible referrals: ServiceAccount.*p-sa.a, ServiceAccount.*p-sa.b/);
      assert.match(error.message, /--- possible referral 1:\napiVersion: v1\nkind: ServiceAccount/);
      return true;
    },
  );
});

test('an object that says it was renamed, but not from where, is refused', () => {
  const annotations = '{internal.config.kubernetes.io/previousNames: "a,b"}';
  const object = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, annotations: ${annotations}}\n`;
  const files = { 'kustomization.yaml': 'resources: [c.yaml]\n', 'c.yaml': object };
  assert.throws(() => buildFiles(files), { message: /number of previous names, .* not equal/ });
});
