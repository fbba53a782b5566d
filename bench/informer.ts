/**
 * Whether an informer of the official JavaScript client loses an event: `node bench/informer.ts [--minutes 30]
 * [--writes 20] [--cut 20] [--compact 30]`. Objects are written so many times a second while all connections are cut
 * and the history is forgotten at random, at most so many seconds apart. Ends with 1 when anything was lost.
 */
import { parseArgs } from 'node:util';
import { runInformer } from './load/informer-run.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    writes: { type: 'string', default: '20' },
    cut: { type: 'string', default: '20' },
    compact: { type: 'string', default: '30' },
  },
});
const result = await runInformer({
  durationMs: Number(values.minutes) * 60_000,
  writesPerSecond: Number(values.writes),
  cutMs: Number(values.cut) * 1000,
  compactMs: Number(values.compact) * 1000,
});
process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
process.exitCode = result.lost.length + result.different.length === 0 ? 0 : 1;
