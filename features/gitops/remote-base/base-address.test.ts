import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseBaseAddress } from './base-address.ts';

const parse = (address: string) => {
  const { url, path, ref, isExplicit } = parseBaseAddress(address);
  return [url, path, ref, isExplicit];
};

test('repository, folder and reference are told apart in every way to write them', () => {
  assert.deepEqual(parse('https://github.com/org/repo//app/base?ref=v1'), [
    'https://github.com/org/repo',
    'app/base',
    'v1',
    true,
  ]);
  assert.deepEqual(parse('https://github.com/org/repo/app'), ['https://github.com/org/repo', 'app', undefined, false]);
  assert.deepEqual(parse('github.com/org/repo?version=main'), ['https://github.com/org/repo', '', 'main', true]);
  assert.deepEqual(parse('gh:org/repo/app'), ['https://github.com/org/repo', 'app', undefined, true]);
  assert.deepEqual(parse('git::https://a.org/b/c/d.git/app/'), ['https://a.org/b/c/d.git', 'app', undefined, true]);
  assert.deepEqual(parse('git@a.org:org/repo.git//app?ref=x'), ['ssh://git@a.org/org/repo.git', 'app', 'x', true]);
  assert.deepEqual(parse('ssh://git@a.org/org/repo/app'), ['ssh://git@a.org/org/repo', 'app', undefined, true]);
  assert.deepEqual(parse('https://dev.azure.com/o/p/_git/r/app'), [
    'https://dev.azure.com/o/p/_git/r',
    'app',
    undefined,
    true,
  ]);
  assert.deepEqual(parse('https://a.org/releases/download/v1/all.yaml'), [
    'https://a.org/releases/download',
    'v1/all.yaml',
    undefined,
    false,
  ]);
});

test('an address is what it leads to', () => {
  assert.equal(parse('https://a.org/org/../other/repo.git//app')[0], 'https://a.org/other/repo.git');
  assert.equal(parse('https://a.org/org/%2e%2e/other/repo.git')[0], 'https://a.org/other/repo.git');
  assert.equal(parse('HTTPS://A.org/org/repo?ref=v1')[0], 'https://a.org/org/repo');
  assert.equal(parse('ssh://git@a.org/org/../other/repo.git')[0], 'ssh://git@a.org/other/repo.git');
});

test('what names no repository, or leads out of it, is refused', () => {
  assert.throws(() => parse('file:///srv/repo.git'), /none of https, http and ssh/);
  assert.throws(() => parse('https://a.org/'), /names no repository/);
  assert.throws(() => parse('https://a.org/org/repo//../other'), /outside of the repository/);
});
