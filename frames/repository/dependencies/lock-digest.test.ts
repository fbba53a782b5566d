import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lockDigest } from './lock-digest.ts';
import { lockedDependency } from './lock-versions.ts';

test('the digest of a lock is the one that helm computes', () => {
  const alpine = (version: string) => lockedDependency('alpine', 'http://localhost:8879/charts', version);
  // From the tests of Helm 3.19.
  const digest = 'sha256:fb239e836325c5fa14b29d1540a13b7d3ba13151b67fe719f820e0ef6d66aaaf';
  assert.equal(lockDigest([alpine('0.1.0')], [alpine('0.1.0')]), digest);
  assert.notEqual(lockDigest([alpine('^0.1.0')], [alpine('0.1.0')]), digest);
});
