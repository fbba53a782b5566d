import { pods } from '@croft/api/kinds';
import { errorMessage } from '@croft/foundation/errors';
import { listContainers } from '../engine/containers.ts';
import { parseLabels } from '../pod/container-labels.ts';
import type { NodeContext } from './node-context.ts';

const slowLookMs = 30_000;

/**
 * Follows what happens in the engine: the end of a container leads to a look at its Pod at once. Every half minute the
 * service is started anew should it have died, and Pods whose containers nobody asked for lately are looked at: also
 * those that the API no longer has.
 */
export function watchEngine(context: NodeContext): AsyncDisposable {
  const { podman, clock, log } = context;
  const owners = new Map<string, { namespace: string; name: string }>();
  const stop = new AbortController();

  async function refreshOwners(): Promise<void> {
    const containers = await listContainers(podman.engine);
    owners.clear();
    for (const { Id, Labels } of containers) {
      const identity = parseLabels(Labels);
      if (identity !== undefined) owners.set(Id, identity.pod);
    }
  }

  async function tellEnd(id: string): Promise<void> {
    if (!owners.has(id)) await refreshOwners();
    const owner = owners.get(id);
    if (owner !== undefined) context.enqueue({ namespace: owner.namespace, name: owner.name });
  }

  async function lookSlowly(): Promise<void> {
    await context.informers.of(pods).synced;
    while (!stop.signal.aborted) {
      try {
        await podman.ensureRunning();
        await refreshOwners();
        for (const { namespace, name } of owners.values()) context.enqueue({ namespace, name });
      } catch (error) {
        log.warn('the container engine cannot be reached', { error: errorMessage(error) });
      }
      await clock.wait(slowLookMs, stop.signal).catch(() => {});
    }
  }

  const exits = podman.onExit((id) => {
    tellEnd(id).catch((error) => {
      if (!stop.signal.aborted) log.warn('the end of a container went unnoticed', { id, error: errorMessage(error) });
    });
  });
  const looking = lookSlowly();
  return {
    [Symbol.asyncDispose]: async () => {
      exits[Symbol.dispose]();
      stop.abort(new Error('the node was stopped'));
      await looking.catch(() => {});
    },
  };
}
