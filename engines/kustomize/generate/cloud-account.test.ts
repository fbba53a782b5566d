import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildFiles } from '../testing/build-files.ts';

function generator(cloud: string): Record<string, string> {
  const account = 'serviceAccount: {name: sa, projectId: p1}\nkubernetesService: {name: runner, namespace: jobs}\n';
  const head = 'apiVersion: builtin\nkind: IAMPolicyGenerator\nmetadata: {name: g}\n';
  return { 'kustomization.yaml': 'generators: [g.yaml]\n', 'g.yaml': `${head}cloud: ${cloud}\n${account}` };
}

test('an account of a cloud becomes a service account', () => {
  const yaml = buildFiles(generator('gke'));
  assert.match(
    yaml,
    /iam.gke.io\/gcp-service-account: sa@p1.iam.gserviceaccount.com\n {2}name: runner\n {2}namespace: jobs\n/,
  );
});

test('clouds that kustomize does not know are refused', () => {
  assert.throws(() => buildFiles(generator('other')), { message: /cloud provider other not supported yet/ });
});
