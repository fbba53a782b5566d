import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeLoose } from './decode.ts';
import { parseKustomization } from './kustomization.ts';
import { kustomizationShape } from './shape.ts';

test('the CLI is strict about fields and types', () => {
  const errors: Record<string, string> = {
    'namePrefixx: a': 'invalid Kustomization: json: unknown field "namePrefixx"',
    'images: [{newTag: 1.36}]':
      'invalid Kustomization: json: cannot unmarshal number into Go struct field Image.images.newTag of type string',
    'resources: a':
      'invalid Kustomization: json: cannot unmarshal string into Go struct field Kustomization.resources of type []string',
    '# nothing': 'kustomization.yaml is empty',
  };
  for (const [text, message] of Object.entries(errors)) {
    assert.throws(() => parseKustomization(text, '/root'), { message }, text);
  }
});

test('Flux takes numbers for text and passes over unknown fields', () => {
  const read = decodeLoose(
    'images: [{name: a, newTag: 1.36}]\nunknown: 1\nlabels: [{pairs: {l: 1, n: no}}]\n',
    kustomizationShape,
  );
  assert.deepEqual(read, {
    images: [{ name: 'a', newTag: '1.36' }],
    labels: [
      {
        pairs: new Map([
          ['l', '1'],
          ['false', 'false'],
        ]),
      },
    ],
  });
});

test('the case of field names does not matter', () => {
  assert.equal(parseKustomization('NAMEPREFIX: a-\n', '/root').namePrefix, 'a-');
});

test('a field of a wrong type is named with its path, the first one in the order of names', () => {
  const text = 'resources: 1\npatches: [{target: {kind: 1}}]\n';
  assert.throws(() => parseKustomization(text, '/'), {
    message: /cannot unmarshal number into Go struct field Selector.patches.target.ResId.Gvk.kind of type string$/,
  });
});
