import type { Kind } from '@croft/api/kind';
import { secrets } from '@croft/api/kinds';
import { type KubeObject, keyOf, type ObjectKey, type ObjectList, type Stored } from '@croft/api/object';
import type { Client, ListOptions } from '@croft/client/client';
import type { Clock } from '@croft/foundation/clock';
import { historySelector, isRecordOf, type ReleaseName } from './record-store.ts';

/** Others write records, too: what was read or written here is trusted for so long. */
const trustedMs = 5_000;

interface Known {
  records: Map<string, Stored<KubeObject>>;
  untilMs: number;
}

/**
 * The client for one release's action after action: its records are listed once and then known by what is written through
 * this client. They are listed anew after a write that failed, and after a while, such as a wait.
 */
export function withKnownHistory(client: Client, release: ReleaseName, clock: Clock): Client {
  let known: Known | undefined;
  const trust = (records: Known['records']) => {
    known = { records, untilMs: clock.now() + trustedMs };
  };
  const areRecords = ({ group, plural }: Kind, namespace: string | undefined) =>
    group === secrets.group && plural === secrets.plural && namespace === release.namespace;

  /** Writes, and notes what is there after it: nothing when `write` gives nothing. */
  async function noting<R extends Stored<KubeObject> | undefined>(
    kind: Kind,
    { namespace, name }: ObjectKey,
    write: () => Promise<R>,
  ): Promise<R> {
    if (!areRecords(kind, namespace) || !isRecordOf(release.name, name)) return await write();
    const records = known?.records;
    known = undefined;
    const written = await write();
    if (records === undefined) return written;
    if (written === undefined) records.delete(name);
    else records.set(name, written);
    trust(records);
    return written;
  }

  async function list<T extends KubeObject>(kind: Kind<T>, options: ListOptions = {}) {
    const { namespace, labelSelector } = options;
    if (!areRecords(kind, namespace) || labelSelector !== historySelector(release.name))
      return await client.list(kind, options);
    if (known === undefined || known.untilMs < clock.now()) {
      const { items } = await client.list(kind, options);
      trust(new Map(items.map((item) => [item.metadata.name, item])));
    }
    return { metadata: {}, items: [...(known?.records.values() ?? [])] } as ObjectList<Stored<T>>;
  }

  return {
    ...client,
    list,
    create: (kind, object, options) => noting(kind, keyOf(object), () => client.create(kind, object, options)),
    replace: (kind, object, options) => noting(kind, keyOf(object), () => client.replace(kind, object, options)),
    delete: (kind, key, options) => noting(kind, key, () => client.delete(kind, key, options)),
  };
}
