import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { claimNetwork, overlaps, releaseNetwork } from './network-claims.ts';

test('each instance has a number of its own, kept until it is given back or its folder is gone', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'croft-claims-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const claims = join(root, 'claims');
  const dirs = ['a', 'b', 'c'].map((name) => join(root, name)) as [string, string, string];
  for (const dir of dirs) await mkdir(dir);
  const [a, b, c] = dirs;
  const first = await claimNetwork(a, claims);
  const second = await claimNetwork(b, claims);
  assert.notEqual(first, second);
  assert.equal(await claimNetwork(a, claims), first);
  await releaseNetwork(first, claims);
  assert.equal(await claimNetwork(c, claims), first);
  await rm(b, { recursive: true });
  assert.equal(await claimNetwork(a, claims), second);
});

test('ranges overlap when they share an address', () => {
  assert.equal(overlaps('10.96.0.0/16', '10.96.16.0/20'), true);
  assert.equal(overlaps('10.96.0.0/20', '10.96.16.0/20'), false);
  assert.equal(overlaps('10.244.3.7', '10.244.3.0/24'), true);
});
