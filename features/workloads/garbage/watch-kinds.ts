import { apiVersionOf, type Kind } from '@croft/api/kind';
import { customResourceDefinitions } from '@croft/api/kinds';
import type { KubeObject } from '@croft/api/object';
import { type Informer, type ObjectChange, startInformer } from '@croft/client/informer';
import { backoffMs } from '@croft/foundation/backoff';
import { errorMessage } from '@croft/foundation/errors';
import type { WorkloadContext } from '../context.ts';
import { fetchCollectableKinds } from './collectable-kinds.ts';

export interface WatchedKinds extends AsyncDisposable {
  /** The kind of an owner reference; undefined where the API does not serve it, or not yet. */
  find(apiVersion: string, kind: string): Kind | undefined;
}

type Tell = (kind: Kind, change: ObjectChange<KubeObject>) => void;

const idOf = (kind: Kind): string => `${kind.group}/${kind.plural}`;

/**
 * Watches the metadata of the objects of every kind, and follows as CustomResourceDefinitions come and go. `complete`
 * is called each time when the objects of all kinds have been listed.
 */
export function watchAllKinds(context: WorkloadContext, tell: Tell, complete: () => void): WatchedKinds {
  const { client, clock, log, informers } = context;
  const watched = new Map<string, { kind: Kind; informer: Informer<KubeObject> }>();
  const stop = new AbortController();

  async function refresh(): Promise<void> {
    const kinds = await fetchCollectableKinds(client);
    if (stop.signal.aborted) return;
    const served = new Map(kinds.map((kind) => [idOf(kind), kind]));
    for (const [id, { kind, informer }] of watched) {
      const now = served.get(id);
      if (now !== undefined && now.version === kind.version) continue;
      watched.delete(id);
      for (const object of informer.list()) tell(kind, { type: 'deleted', object });
      await informer[Symbol.asyncDispose]();
    }
    for (const [id, kind] of served) {
      if (watched.has(id)) continue;
      const informer = startInformer(client, kind, { clock, log, scope: { metadataOnly: true } });
      informer.onChange((change) => tell(kind, change));
      watched.set(id, { kind, informer });
    }
    await Promise.all([...watched.values()].map(({ informer }) => informer.synced));
    complete();
  }

  /** One refresh at a time; asked again meanwhile, one more. */
  let again = false;
  let running: Promise<void> | undefined;
  function follow(): void {
    again = true;
    running ??= (async () => {
      for (let failures = 0; again && !stop.signal.aborted; ) {
        again = false;
        try {
          await refresh();
        } catch (error) {
          if (stop.signal.aborted) break;
          failures += 1;
          again = true;
          log.warn('the kinds of the API could not be asked for', { error: errorMessage(error) });
          await clock.wait(backoffMs(failures, { firstMs: 100, maxMs: 30_000 }), stop.signal).catch(() => {});
        }
      }
      running = undefined;
    })();
  }

  follow();
  const definitions = informers.of(customResourceDefinitions).onChange(follow);
  return {
    find: (apiVersion, kind) => {
      const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
      const all = [...watched.values()].map((entry) => entry.kind).filter((known) => known.kind === kind);
      return all.find((known) => apiVersionOf(known) === apiVersion) ?? all.find((known) => known.group === group);
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      definitions[Symbol.dispose]();
      await Promise.all([...watched.values()].map(({ informer }) => informer[Symbol.asyncDispose]()));
      await running;
    },
  };
}
