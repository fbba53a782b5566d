import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { leases } from '@croft/api/kinds';
import { createClient } from '@croft/client/client';
import { acquireLeaderLease, type Leadership } from '@croft/controller/leader-lease';
import { systemClock } from '@croft/foundation/clock';
import { silentLog } from '@croft/foundation/log';
import { startWorld } from '../support/world.ts';

const key = { namespace: 'croft-system', name: 'one-leads' };
const leaseMs = 1_500;

async function setUp(t: TestContext) {
  const { client } = await startWorld(t);
  const stop = new AbortController();
  t.after(() => stop.abort());
  /** A candidate whose way to the API can be cut. */
  const candidate = (identity: string) => {
    let cut: 'fails' | 'hangs' | undefined;
    const reached = createClient(async (request) => {
      if (cut === 'hangs') await new Promise((_, reject) => stop.signal.addEventListener('abort', reject));
      if (cut === 'fails') throw new Error('the network is down');
      return await client.fetch(request);
    });
    const options = { client: reached, clock: systemClock, log: silentLog, key, identity, leaseMs };
    return {
      acquire: async () => {
        const leadership = await acquireLeaderLease(options, stop.signal);
        t.after(() => leadership[Symbol.asyncDispose]());
        return leadership;
      },
      cut: (how: 'fails' | 'hangs') => {
        cut = how;
      },
    };
  };
  return { client, candidate, holder: async () => (await client.get(leases, key)).spec?.holderIdentity };
}

async function lost({ signal }: Leadership): Promise<string> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
  return (signal.reason as Error).message;
}

test('a second candidate leads once the first gives the lease back, and is counted as a change', async (t) => {
  const { client, candidate, holder } = await setUp(t);
  const first = await candidate('first').acquire();
  const waiting = candidate('second').acquire();
  assert.equal(await holder(), 'first');
  await first[Symbol.asyncDispose]();
  await waiting;
  const { spec } = await client.get(leases, key);
  assert.equal(spec?.holderIdentity, 'second');
  assert.equal(spec?.leaseTransitions, 1);
  assert.equal(spec?.leaseDurationSeconds, 2);
});

for (const how of ['fails', 'hangs'] as const) {
  test(`a leader whose API ${how} knows that it leads no more, and another one takes over`, async (t) => {
    const { candidate, holder } = await setUp(t);
    const first = candidate('first');
    const leadership = await first.acquire();
    const waiting = candidate('second').acquire();
    first.cut(how);
    assert.equal(await lost(leadership), 'the lease could not be renewed in time');
    assert.equal(await holder(), 'first', 'it knows before another one may lead');
    await waiting;
    assert.equal(await holder(), 'second');
  });
}

test('a leader whose lease was taken from it leads no more', async (t) => {
  const { client, candidate } = await setUp(t);
  const leadership = await candidate('first').acquire();
  const taken = { holderIdentity: 'thief', leaseDurationSeconds: 60 };
  await client.patch(leases, key, { spec: taken });
  assert.equal(await lost(leadership), 'thief leads now');
  await leadership[Symbol.asyncDispose]();
  assert.equal((await client.get(leases, key)).spec?.holderIdentity, 'thief', 'it gives back only its own');
});
