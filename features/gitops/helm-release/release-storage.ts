import type { Kind } from '@croft/api/kind';
import { secrets } from '@croft/api/kinds';
import type { KubeObject, ObjectKey } from '@croft/api/object';
import type { Client } from '@croft/client/client';

const recordPrefix = 'sh.helm.release.v1.';

/**
 * The client with a release's records in another namespace than its objects: requests for Helm's Secrets in the one go to
 * the other, as `storageNamespace` asks.
 */
export function withStorage(client: Client, releaseNamespace: string, storageNamespace: string): Client {
  if (releaseNamespace === storageNamespace) return client;
  const isMoved = (kind: Kind, { namespace, name }: ObjectKey) =>
    kind.group === secrets.group &&
    kind.plural === secrets.plural &&
    namespace === releaseNamespace &&
    name.startsWith(recordPrefix);
  const moveKey = (kind: Kind, key: ObjectKey): ObjectKey =>
    isMoved(kind, key) ? { ...key, namespace: storageNamespace } : key;
  const moveObject = <T extends KubeObject>(kind: Kind, object: T): T => {
    const { namespace, name = '' } = object.metadata ?? {};
    if (!isMoved(kind, { namespace, name })) return object;
    return { ...object, metadata: { ...object.metadata, namespace: storageNamespace } };
  };
  return {
    ...client,
    get: (kind, key) => client.get(kind, moveKey(kind, key)),
    find: (kind, key) => client.find(kind, moveKey(kind, key)),
    list: (kind, options = {}) => {
      const isHistory = kind.plural === secrets.plural && options.labelSelector?.includes('owner=helm') === true;
      const moved = isHistory && options.namespace === releaseNamespace;
      return client.list(kind, moved ? { ...options, namespace: storageNamespace } : options);
    },
    create: (kind, object, options) => client.create(kind, moveObject(kind, object), options),
    replace: (kind, object, options) => client.replace(kind, moveObject(kind, object), options),
    patch: (kind, key, body, options) => client.patch(kind, moveKey(kind, key), body, options),
    delete: (kind, key, options) => client.delete(kind, moveKey(kind, key), options),
    remove: (kind, key, options) => client.remove(kind, moveKey(kind, key), options),
  };
}
