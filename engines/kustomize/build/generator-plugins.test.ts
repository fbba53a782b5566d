import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildFiles } from '../testing/build-files.ts';

function plugin(apiVersion: string, kind: string): Record<string, string> {
  const text = `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: g}\n`;
  return { 'kustomization.yaml': 'generators: [g.yaml]\n', 'g.yaml': text };
}

test('generators that are not built in, and charts, are refused by name', () => {
  assert.throws(() => buildFiles(plugin('example.com/v1', 'Maker')), {
    message:
      "loading generator plugins: failed to load generator: external plugins disabled; unable to load external plugin 'Maker'",
  });
  assert.throws(() => buildFiles(plugin('builtin', 'HelmChartInflationGenerator')), {
    message:
      /HelmChartInflationGenerator.builtin.\[noGrp\]\/g.\[noNs\] fails configuration: must specify --enable-helm$/,
  });
});

test('a deleted object stays deleted where changes are noted', () => {
  const object = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`;
  const patch = '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, $patch: delete}';
  const files = {
    'kustomization.yaml': `resources: [a.yaml, b.yaml]\nbuildMetadata: [transformerAnnotations]\npatches: [{patch: '${patch}'}]\n`,
    'a.yaml': object('a'),
    'b.yaml': object('b'),
  };
  assert.doesNotMatch(buildFiles(files), /name: a\n/);
});
