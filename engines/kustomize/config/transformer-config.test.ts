import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildFiles } from '../testing/build-files.ts';

test('a configured field of one kind takes the place of the same field of all kinds', () => {
  const object = (kind: string): string => `apiVersion: example.com/v1\nkind: ${kind}\nmetadata: {name: x}\n`;
  const files = {
    'kustomization.yaml': 'resources: [a.yaml, b.yaml]\nnamePrefix: p-\nconfigurations: [c.yaml]\n',
    'c.yaml': 'namePrefix: [{path: metadata/name, kind: One}]\n',
    'a.yaml': object('One'),
    'b.yaml': object('Two'),
  };
  assert.match(buildFiles(files), /kind: One\nmetadata:\n {2}name: p-x\n[\s\S]*kind: Two\nmetadata:\n {2}name: x\n/);
});

test('a configuration that says a thing twice is refused', () => {
  const files = { 'kustomization.yaml': 'configurations: [c.yaml]\n', 'c.yaml': 'images: []\nimages: []\n' };
  assert.throws(() => buildFiles(files), { message: /line 2: key "images" already set in map$/ });
});
