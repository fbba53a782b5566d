import { CoreV1Api, KubeConfig, makeInformer, type V1ConfigMap } from '@kubernetes/client-node';

/** What an informer of the official JavaScript client told, held against what must be. */
export interface InformerWatch extends AsyncDisposable {
  /** Events of a change whose predecessor was never told of, though the watch was not begun anew. */
  readonly lost: readonly string[];
  readonly counts: { readonly events: number; readonly lists: number; readonly connects: number };
  /** The number that each object holds now, by name. */
  numbers(): Map<string, number>;
}

/** Follows ConfigMaps whose `data.n` grows by one with each change of that name. */
export async function watchNumbers(kubeconfig: string, namespace: string): Promise<InformerWatch> {
  const config = new KubeConfig();
  config.loadFromString(kubeconfig);
  const api = config.makeApiClient(CoreV1Api);
  const counts = { events: 0, lists: 0, connects: 0 };
  const lost: string[] = [];
  const last = new Map<string, { n: number; lists: number }>();
  const list = async () => {
    const found = await api.listNamespacedConfigMap({ namespace, labelSelector: 'counted' });
    counts.lists += 1;
    return found;
  };
  const informer = makeInformer<V1ConfigMap>(config, `/api/v1/namespaces/${namespace}/configmaps`, list, 'counted');
  const numberOf = ({ data }: V1ConfigMap) => Number(data?.n ?? 0);
  const told = (verb: string) => (object: V1ConfigMap) => {
    const name = object.metadata?.name ?? '';
    counts.events += 1;
    const n = numberOf(object);
    const before = last.get(name);
    // A delete tells of the object as it last stood.
    const expected = verb === 'delete' ? (before?.n ?? n) : (before?.n ?? n - 1) + 1;
    const isNew = before === undefined || before.lists !== counts.lists;
    if (!isNew && n !== expected) lost.push(`${verb} ${name}: ${n} after ${before.n}`);
    // What a new list misses is told with what was known of it, which may not be all that it was.
    if (isNew && verb === 'delete') last.delete(name);
    else last.set(name, { n, lists: counts.lists });
  };
  for (const verb of ['add', 'update', 'delete'] as const) informer.on(verb, told(verb));
  let stopped = false;
  informer.on('connect', () => {
    counts.connects += 1;
  });
  informer.on('error', () => {
    if (!stopped) setTimeout(() => void informer.start(), 20);
  });
  await informer.start();
  return {
    lost,
    counts,
    numbers: () => new Map(informer.list().map((object) => [object.metadata?.name ?? '', numberOf(object)])),
    [Symbol.asyncDispose]: async () => {
      stopped = true;
      await informer.stop();
    },
  };
}
