import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManifestError, parseManifests } from './read-manifests.ts';

test('documents and lists of a file become objects', () => {
  const text =
    '---\napiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n---\n# nothing\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: b}\n';
  assert.deepEqual(
    parseManifests(text, 'x.yaml').map(({ object }) => `${object.kind}/${object.metadata?.name}`),
    ['ConfigMap/a', 'Secret/b'],
  );
});

test('a broken file is named with its line', () => {
  assert.throws(
    () => parseManifests('apiVersion: v1\nkind: [', 'apps/web.yaml'),
    (error) => error instanceof ManifestError && /apps\/web\.yaml: .*line 2/.test(error.message),
  );
  assert.throws(
    () => parseManifests('kind: ConfigMap\nmetadata: {name: a}', 'a.yaml'),
    /a\.yaml: apiVersion and kind are missing/,
  );
  assert.throws(() => parseManifests('just text', 'a.yaml'), /a\.yaml: a Kubernetes object is expected/);
});
