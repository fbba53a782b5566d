import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { buildFluxKustomization } from './build-flux.ts';
import { buildKustomization } from './build-kustomization.ts';
import { withFiles } from './testing/build-files.ts';

function configMap(name: string, data = 'a: b'): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  ${data}\n`;
}

const service = 'apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n';

function namesOf(objects: readonly { metadata?: { name?: string } }[]): (string | undefined)[] {
  return objects.map(({ metadata }) => metadata?.name);
}

test('the CLI sorts objects by kind, Flux keeps their order', () => {
  const files = { 'kustomization.yaml': 'resources: [s.yaml, c.yaml]', 's.yaml': service, 'c.yaml': configMap('c') };
  withFiles(files, (root) => {
    assert.deepEqual(namesOf(buildKustomization({ root, path: '.' }).objects), ['c', 'web']);
    assert.deepEqual(namesOf(buildFluxKustomization({ root, path: '.' }).objects), ['web', 'c']);
  });
});

test('a reference follows the name of what it refers to', () => {
  const pod = 'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {volumes: [{name: v, configMap: {name: s}}]}\n';
  const files = {
    'kustomization.yaml': 'namePrefix: x-\nresources: [p.yaml]\nconfigMapGenerator: [{name: s, literals: [a=1]}]\n',
    'p.yaml': pod,
  };
  withFiles(files, (root) => {
    const { yaml } = buildKustomization({ root, path: '.' });
    assert.match(yaml, /configMap:\n {6}name: x-s-h29d89cmmt\n/);
  });
});

test('nothing outside the root is read, by path or by symbolic link', () => {
  const files = {
    'secret.yaml': configMap('secret'),
    'in/kustomization.yaml': 'resources: [../secret.yaml]\n',
    'link/kustomization.yaml': 'resources: [l.yaml]\n',
  };
  withFiles(files, (parent) => {
    symlinkSync('../secret.yaml', join(parent, 'link/l.yaml'));
    for (const name of ['in', 'link']) {
      const root = join(parent, name);
      assert.throws(() => buildKustomization({ root, path: '.', unrestricted: true }), /is not in or below/);
      assert.throws(() => buildFluxKustomization({ root, path: '.' }), /is not in or below/);
    }
    const { objects } = buildKustomization({ root: parent, path: 'link', unrestricted: true });
    assert.deepEqual(namesOf(objects), ['secret']);
  });
});

test('without load restrictions off, files stay below their kustomization', () => {
  const files = { 'a.yaml': configMap('a'), 'o/kustomization.yaml': 'resources: [../a.yaml]\n' };
  withFiles(files, (root) => {
    assert.throws(() => buildKustomization({ root, path: 'o' }), /security; file '.*' is not in or below/);
  });
});

test('Flux lists the manifests of a folder without kustomization', () => {
  const files = { 'b.yaml': configMap('b'), 'sub/a.yml': configMap('a'), 'note.txt': 'x' };
  withFiles(files, (root) => {
    const { objects, kustomization } = buildFluxKustomization({ root, path: '.', spec: { targetNamespace: 'ns' } });
    assert.deepEqual(namesOf(objects), ['b', 'a']);
    assert.match(kustomization, /namespace: ns\nresources:\n- \.\/b\.yaml\n- \.\/sub\/a\.yml\n/);
  });
});

test('variables are put in after the build, unless an object says no', () => {
  const off = `${configMap('off', 'v: $' + '{V}')}`.replace(
    'name: off',
    'name: off\n  labels:\n    kustomize.toolkit.fluxcd.io/substitute: disabled',
  );
  withFiles({ 'a.yaml': configMap('on', 'v: $' + '{V}'), 'b.yaml': off }, (root) => {
    const postBuild = { variables: new Map([['V', '8080']]) };
    const { objects } = buildFluxKustomization({ root, path: '.', postBuild });
    assert.deepEqual(
      objects.map(({ data }) => data),
      [{ v: 8080 }, { v: '${' + 'V}' }],
    );
  });
});

test('remote bases, charts and other programs are refused', () => {
  const refused: Record<string, RegExp> = {
    'resources: ["https://example.org/x.yaml"]': /remote base .* is not supported/,
    'resources: ["github.com/o/r?ref=v1"]': /remote base .* is not supported/,
    'helmCharts: [{name: c}]': /must specify --enable-helm/,
    'transformers: ["{apiVersion: e/v1, kind: Own, metadata: {name: o}}"]': /external plugins disabled/,
  };
  for (const [text, error] of Object.entries(refused)) {
    withFiles({ 'kustomization.yaml': text }, (root) => {
      assert.throws(() => buildKustomization({ root, path: '.' }), error);
    });
  }
});

test('a cycle is an error, not an endless build', () => {
  const files = { 'kustomization.yaml': 'resources: [a]', 'a/kustomization.yaml': 'resources: [..]' };
  withFiles(files, (root) => {
    assert.throws(() => buildKustomization({ root, path: '.' }), /cycle detected/);
  });
});

test('old fields still work and are warned about', () => {
  withFiles(
    { 'kustomization.yaml': 'bases: [b]', 'b/kustomization.yaml': 'resources: [c.yaml]', 'b/c.yaml': service },
    (root) => {
      const { objects, warnings } = buildKustomization({ root, path: '.' });
      assert.deepEqual(namesOf(objects), ['web']);
      assert.match(warnings.join(), /'bases' is deprecated/);
    },
  );
});
