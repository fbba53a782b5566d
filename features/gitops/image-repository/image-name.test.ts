import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseImageName } from './image-name.ts';

test('what an image name implies is told', () => {
  const canonical = (image: string) => parseImageName(image).canonical;
  assert.equal(canonical('alpine'), 'index.docker.io/library/alpine');
  assert.equal(canonical('team/web'), 'index.docker.io/team/web');
  assert.equal(canonical('docker.io/team/web'), 'index.docker.io/team/web');
  assert.equal(canonical('ghcr.io/team/web'), 'ghcr.io/team/web');
  assert.equal(canonical('localhost/web'), 'localhost/web');
  assert.equal(canonical('registry:5000/web'), 'registry:5000/web');
});

test('schemes and tags do not belong there', () => {
  assert.throws(() => parseImageName('https://ghcr.io/team/web'), /remove 'https:\/\/'/);
  assert.throws(() => parseImageName('ghcr.io/team/web:1.0'), /remove ':1.0'/);
  assert.throws(() => parseImageName('alpine:3'), /remove ':3'/);
  assert.throws(() => parseImageName('registry:5000/web:1'), /remove ':1'/);
  assert.throws(() => parseImageName('ghcr.io/Team/web'), /invalid/);
});
