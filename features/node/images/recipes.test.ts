import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { findRecipe, parseBases, parseRecipeReference } from './recipes.ts';

test('only images of the instance itself have a recipe', () => {
  assert.deepEqual(parseRecipeReference('localhost/croft/wordpress:6.1-2'), { name: 'wordpress', tag: '6.1-2' });
  for (const other of [
    'docker.io/library/nginx:1',
    'localhost/croft/../x:1',
    'localhost/croft/x',
    'localhost/croft/a/b:1',
  ]) {
    assert.equal(parseRecipeReference(other), undefined, other);
  }
});

test('bases are the images of FROM lines that recipes make', () => {
  const text =
    'FROM localhost/croft/debian:12 AS build\nRUN true\nfrom --platform=linux/amd64 localhost/croft/node:24\nFROM scratch\nFROM localhost/croft/debian:12\n';
  assert.deepEqual(parseBases(text), ['localhost/croft/debian:12', 'localhost/croft/node:24']);
});

test('a folder is a recipe by its Containerfile or its rootfs.sh', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'croft-recipes-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  for (const name of ['web', 'base', 'empty']) await mkdir(join(root, name));
  await writeFile(join(root, 'web', 'Containerfile'), 'FROM localhost/croft/base:1\n');
  await writeFile(join(root, 'base', 'rootfs.sh'), '#!/bin/sh\n');
  await writeFile(join(root, 'base', 'registry-image'), 'docker.io/library/debian:12\n');
  assert.deepEqual((await findRecipe(root, 'web'))?.bases, ['localhost/croft/base:1']);
  assert.equal((await findRecipe(root, 'base'))?.registryImage, 'docker.io/library/debian:12');
  assert.equal(await findRecipe(root, 'empty'), undefined);
  assert.equal(await findRecipe(root, 'absent'), undefined);
});
