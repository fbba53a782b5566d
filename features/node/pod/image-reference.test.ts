import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findImageNameProblem, normalizeImage } from './image-reference.ts';

test('a short name is one of Docker Hub, with the tag latest', () => {
  assert.equal(normalizeImage('nginx'), 'docker.io/library/nginx:latest');
  assert.equal(normalizeImage('team/web:1'), 'docker.io/team/web:1');
  assert.equal(normalizeImage('localhost:5000/web'), 'localhost:5000/web:latest');
});

test('what names no image is told', () => {
  const digest = `sha256:${'0'.repeat(64)}`;
  for (const image of [
    'nginx',
    'team/web:1',
    'a.org:5000/x/y_z-1:V1.0',
    `a.org/x@${digest}`,
    `x:1@${digest}`,
    '[::1]:5000/x',
  ])
    assert.equal(findImageNameProblem(image), undefined, image);
  for (const image of [
    '',
    'Nginx',
    'a.org/Team/web:1',
    'web:',
    'web:a b',
    'web:1:2',
    '-web',
    'https://a.org/x',
    'web@sha256:1',
  ])
    assert.match(findImageNameProblem(image) ?? '', /couldn't parse image name/, image);
});
