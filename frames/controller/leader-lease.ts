import { leases } from '@croft/api/kinds';
import type { Stored } from '@croft/api/object';
import { isAlreadyExists, isConflict, isNotFound } from '@croft/api/status';
import type { Lease } from '@croft/api/types';
import type { Client } from '@croft/client/client';
import { type Clock, formatMicroTime } from '@croft/foundation/clock';
import { errorMessage } from '@croft/foundation/errors';
import type { Log } from '@croft/foundation/log';

export interface LeaderLeaseOptions {
  client: Client;
  clock: Clock;
  log: Log;
  key: { namespace: string; name: string };
  /** Names this candidate; no two may have the same. */
  identity: string;
  /** Others take over when the lease was not renewed for so long. */
  leaseMs: number;
}

/** Being the one that leads. Dispose it to let another one lead at once. */
export interface Leadership extends AsyncDisposable {
  /** Aborts when it is over: the lease could not be renewed in time, or somebody else holds it. */
  readonly signal: AbortSignal;
}

/** As client-go has them with a lease of 15 s: tried every 2 s, given up after 10 s. */
const retryShare = 2 / 15;
const renewShare = 10 / 15;

/**
 * Waits until this candidate holds the Lease, then keeps it renewed: Kubernetes' leader election. When another holder's
 * lease is over is judged by how long it has not changed here, so that clocks of machines may differ. Rejects with the
 * signal's reason.
 */
export async function acquireLeaderLease(options: LeaderLeaseOptions, signal: AbortSignal): Promise<Leadership> {
  const { clock, log, key, identity, leaseMs } = options;
  const attempt = createAttempt(options);
  let holder: string | undefined;
  for (;;) {
    signal.throwIfAborted();
    const outcome = await attempt();
    if (outcome.held) return keepLease(options, attempt);
    if (outcome.holder !== holder)
      log.info('waiting to lead', { lease: `${key.namespace}/${key.name}`, holder: outcome.holder, identity });
    holder = outcome.holder;
    await clock.wait(leaseMs * retryShare, signal);
  }
}

interface Outcome {
  held: boolean;
  /** Who holds the lease, where it is another one. */
  holder?: string;
}

/** Tries once to take or renew the lease. Gives not held where another one has it or the API does not answer. */
function createAttempt({ client, clock, log, key, identity, leaseMs }: LeaderLeaseOptions): () => Promise<Outcome> {
  let seen: { version: string; atMs: number } | undefined;

  const wanted = (present: Stored<Lease> | undefined): Lease => {
    const { spec: before } = present ?? {};
    const now = formatMicroTime(clock.now());
    const isOurs = before?.holderIdentity === identity;
    return {
      metadata: { ...present?.metadata, ...key },
      spec: {
        ...before,
        holderIdentity: identity,
        leaseDurationSeconds: Math.max(1, Math.ceil(leaseMs / 1000)),
        acquireTime: isOurs && before?.acquireTime !== undefined ? before.acquireTime : now,
        renewTime: now,
        leaseTransitions: (before?.leaseTransitions ?? 0) + (present === undefined || isOurs ? 0 : 1),
      },
    };
  };

  const isHeldByOther = ({ metadata, spec }: Stored<Lease>): boolean => {
    if (seen?.version !== metadata.resourceVersion) seen = { version: metadata.resourceVersion, atMs: clock.now() };
    const { holderIdentity = '', leaseDurationSeconds = 0 } = spec ?? {};
    if (holderIdentity === '' || holderIdentity === identity) return false;
    return clock.now() < seen.atMs + leaseDurationSeconds * 1000;
  };

  return async () => {
    try {
      const present = await client.find(leases, key);
      if (present !== undefined && isHeldByOther(present))
        return { held: false, holder: present.spec?.holderIdentity ?? '' };
      if (present === undefined) await client.create(leases, wanted(undefined));
      else await client.replace(leases, wanted(present));
      return { held: true };
    } catch (error) {
      if (isNotFound(error)) throw error; // there is no such namespace
      if (!isConflict(error) && !isAlreadyExists(error))
        log.warn('the lease could not be taken', { lease: key.name, error: errorMessage(error) });
      return { held: false };
    }
  };
}

function keepLease(options: LeaderLeaseOptions, attempt: () => Promise<Outcome>): Leadership {
  const { clock, log, leaseMs } = options;
  const lost = new AbortController();
  const stop = new AbortController();
  const renew = async () => {
    let renewedAt = clock.now();
    while (!stop.signal.aborted) {
      await clock.wait(leaseMs * retryShare, stop.signal);
      const { held, holder } = await within(attempt(), renewedAt + leaseMs * renewShare);
      if (held) renewedAt = clock.now();
      else if (holder !== undefined) return lost.abort(new Error(`${holder} leads now`));
      else if (clock.now() >= renewedAt + leaseMs * renewShare)
        return lost.abort(new Error('the lease could not be renewed in time'));
    }
  };
  /** An answer that comes too late counts for nothing. */
  const within = async (answer: Promise<Outcome>, deadlineMs: number): Promise<Outcome> => {
    const answered = new AbortController();
    const signal = AbortSignal.any([answered.signal, stop.signal]);
    const late = clock.wait(Math.max(0, deadlineMs - clock.now()), signal).then(() => ({ held: false }));
    late.catch(() => {});
    try {
      return await Promise.race([answer, late]);
    } finally {
      answered.abort();
    }
  };
  const running = renew().catch((error: unknown) => {
    if (!stop.signal.aborted) lost.abort(error);
  });
  return {
    signal: lost.signal,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
      if (!lost.signal.aborted)
        await release(options).catch((error) => log.warn('the lease was not released', { error: errorMessage(error) }));
    },
  };
}

async function release({ client, key, identity, clock }: LeaderLeaseOptions): Promise<void> {
  const present = await client.find(leases, key);
  if (present?.spec?.holderIdentity !== identity) return;
  const spec = {
    ...present.spec,
    holderIdentity: '',
    leaseDurationSeconds: 1,
    renewTime: formatMicroTime(clock.now()),
  };
  await client.replace(leases, { ...present, spec });
}
