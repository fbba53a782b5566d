import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFilter, createSourceFilter, type IsIgnored, parseIgnorePatterns } from './source-ignore.ts';

const kept = (isIgnored: IsIgnored, ...files: string[]) => files.filter((file) => !isIgnored(file.split('/'), false));
const filterOf = (text: string, ...folder: string[]) => createFilter(parseIgnorePatterns(text, folder));

test('what belongs to git and to CI systems, images and archives are left out when there are no patterns', () => {
  const files = [
    'a.yaml',
    '.git/HEAD',
    '.gitignore',
    'docs/logo.png',
    'x/.gitlab-ci.yml',
    '.github/ci.yaml',
    'x/.sops.yaml',
  ];
  assert.deepEqual(kept(createSourceFilter([]), ...files), ['a.yaml']);
});

test('own patterns take the place of the defaults, but not of what belongs to git', () => {
  const isIgnored = createSourceFilter(parseIgnorePatterns('# nothing else\n*.md\n'));
  assert.deepEqual(kept(isIgnored, 'a.yaml', 'a.md', 'docs/logo.png', '.git/HEAD'), ['a.yaml', 'docs/logo.png']);
});

test('everything but one folder, as the documentation of Flux has it', () => {
  const isIgnored = filterOf('/*\n!/deploy\n/deploy/**/*.md\n/deploy/**/*.txt\n');
  const files = ['README.md', 'src/a.go', 'deploy/a.yaml', 'deploy/b/c.yaml', 'deploy/b/notes.txt', 'deploy/notes.md'];
  assert.deepEqual(kept(isIgnored, ...files), ['deploy/a.yaml', 'deploy/b/c.yaml']);
});

test('a file within an ignored folder can be included again', () => {
  assert.deepEqual(kept(filterOf('/clusters\n!/clusters/prod\n'), 'clusters/dev/a.yaml', 'clusters/prod/a.yaml'), [
    'clusters/prod/a.yaml',
  ]);
});

test('patterns of a folder say nothing of other folders', () => {
  assert.deepEqual(kept(filterOf('/a.yaml\n*.txt\n', 'sub'), 'a.yaml', 'sub/a.yaml', 'b.txt', 'sub/x/b.txt'), [
    'a.yaml',
    'b.txt',
  ]);
});

test('a slash at the end means folders, ** any depth, and malformed patterns fit nothing', () => {
  assert.deepEqual(kept(filterOf('build/\n'), 'build', 'x/build/a', 'builds/a'), ['build', 'builds/a']);
  assert.deepEqual(kept(filterOf('a/**/z.yaml\n'), 'a/z.yaml', 'a/b/c/z.yaml', 'z.yaml'), ['z.yaml']);
  assert.deepEqual(kept(filterOf('[\na**b/c\n'), '[', 'axb/c'), ['[', 'axb/c']);
});
