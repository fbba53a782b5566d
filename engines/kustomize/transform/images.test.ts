import assert from 'node:assert/strict';
import { test } from 'node:test';
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
