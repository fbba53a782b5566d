import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildFiles } from '../testing/build-files.ts';
import { changeImage, parseImage } from './images.ts';

test('parts of an image name', () => {
  assert.deepEqual(parseImage('reg:5000/a/b:v1@sha256:ab'), { name: 'reg:5000/a/b', tag: 'v1', digest: 'sha256:ab' });
  assert.deepEqual(parseImage('reg:5000/a'), { name: 'reg:5000/a', tag: '', digest: '' });
  assert.deepEqual(parseImage('a@sha256:ab'), { name: 'a', tag: '', digest: 'sha256:ab' });
  assert.deepEqual(parseImage('a:1'), { name: 'a', tag: '1', digest: '' });
});

test('a new tag takes the digest away, and a digest the tag', () => {
  assert.equal(changeImage('a:1@sha256:ab', { newTag: '2' }), 'a:2');
  assert.equal(changeImage('a:1', { digest: 'sha256:cd' }), 'a@sha256:cd');
  assert.equal(changeImage('a:1', { newTag: '2', digest: 'sha256:cd' }), 'a:2@sha256:cd');
  assert.equal(changeImage('a:1@sha256:ab', { newName: 'b' }), 'b:1@sha256:ab');
});

test('a name that is no expression is refused where there is an image', () => {
  const build = (spec: string): string =>
    buildFiles({
      'kustomization.yaml': 'resources: [p.yaml]\nimages: [{name: "[", newTag: v2}]\n',
      'p.yaml': `apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: ${spec}\n`,
    });
  assert.throws(() => build('{containers: [{name: c, image: web}]}'), { message: /image name "\["/ });
  assert.match(build('{hostNetwork: true}'), /hostNetwork: true/);
});
