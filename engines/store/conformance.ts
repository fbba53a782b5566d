import { describe } from 'node:test';
import { testCompaction } from './conformance/compaction.ts';
import type { OpenStore } from './conformance/fixtures.ts';
import { testModel } from './conformance/model.ts';
import { testRanges } from './conformance/ranges.ts';
import { testWatches } from './conformance/watches.ts';
import { testWrites } from './conformance/writes.ts';

/** What every store must do; each implementation's tests run it. */
export function describeRevisionLog(name: string, openStore: OpenStore): void {
  describe(`${name}: writes`, () => testWrites(openStore));
  describe(`${name}: ranges`, () => testRanges(openStore));
  describe(`${name}: watches`, () => testWatches(openStore));
  describe(`${name}: compaction`, () => testCompaction(openStore));
  describe(`${name}: against a model`, () => testModel(openStore));
}
