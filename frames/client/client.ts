import { apiVersionOf, type Kind } from '@croft/api/kind';
import {
  type KubeObject,
  keyOf,
  type ObjectKey,
  type ObjectList,
  type Stored,
  type WatchEvent,
} from '@croft/api/object';
import { isNotFound } from '@croft/api/status';
import { findKind } from './discovery.ts';
import { type Fetch, localOrigin } from './fetch.ts';
import { collectionPath, objectPath, queryText } from './paths.ts';
import { readStatusError } from './status-error.ts';
import { readWatchEvents } from './watch-stream.ts';

export interface ListOptions {
  /** Ask for the metadata alone; whatever else an object has is then missing. */
  metadataOnly?: boolean | undefined;
  namespace?: string | undefined;
  labelSelector?: string | undefined;
  fieldSelector?: string | undefined;
  resourceVersion?: string | undefined;
  limit?: number | undefined;
  continue?: string | undefined;
}

export interface WatchOptions extends ListOptions {
  allowWatchBookmarks?: boolean;
  timeoutSeconds?: number;
  signal?: AbortSignal;
}

export interface WriteOptions {
  fieldManager?: string;
  dryRun?: boolean;
  subresource?: string;
}

export interface ApplyOptions extends WriteOptions {
  /** Take fields over from other managers; conflicts are refused otherwise. */
  force?: boolean;
}

export interface PatchOptions extends WriteOptions {
  type?: 'merge' | 'json' | 'strategic';
}

export interface DeleteOptions {
  propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  gracePeriodSeconds?: number;
  /** Delete only this very object. */
  uid?: string;
  resourceVersion?: string;
}

/**
 * A typed client of any Kubernetes API. Every method throws StatusError with the server's Status, and whatever the
 * fetch function throws when the server cannot be reached.
 */
export interface Client {
  readonly fetch: Fetch;
  /** Where the API is: what the paths of requests stand behind. */
  readonly origin: string;
  get<T extends KubeObject>(kind: Kind<T>, key: ObjectKey): Promise<Stored<T>>;
  find<T extends KubeObject>(kind: Kind<T>, key: ObjectKey): Promise<Stored<T> | undefined>;
  list<T extends KubeObject>(kind: Kind<T>, options?: ListOptions): Promise<ObjectList<Stored<T>>>;
  create<T extends KubeObject>(kind: Kind<T>, object: T, options?: WriteOptions): Promise<Stored<T>>;
  /** PUT: the object's resourceVersion, where set, must still be the current one. */
  replace<T extends KubeObject>(kind: Kind<T>, object: T, options?: WriteOptions): Promise<Stored<T>>;
  patch<T extends KubeObject>(kind: Kind<T>, key: ObjectKey, body: unknown, options?: PatchOptions): Promise<Stored<T>>;
  /** Server-side apply of exactly these fields. */
  apply<T extends KubeObject>(kind: Kind<T>, object: T, options?: ApplyOptions): Promise<Stored<T>>;
  /** Throws NotFound when there is none. Gives the object where it stands on, waiting for a finalizer or a grace period. */
  delete<T extends KubeObject>(kind: Kind<T>, key: ObjectKey, options?: DeleteOptions): Promise<Stored<T> | undefined>;
  /** Like delete; an absent object is fine. */
  remove(kind: Kind, key: ObjectKey, options?: DeleteOptions): Promise<void>;
  watch<T extends KubeObject>(kind: Kind<T>, options?: WatchOptions): AsyncIterable<WatchEvent<Stored<T>>>;
  /** GET of any path, such as `/version`, as JSON. */
  getPath<T>(path: string, accept?: string): Promise<T>;
  /** GET of any path that answers with text, such as a log. */
  getText(path: string): Promise<string>;
  /** The kind that the API serves under these names, by discovery. Undefined when it serves none. */
  findKind(apiVersion: string, kind: string): Promise<Kind | undefined>;
}

export interface ClientOptions {
  /** Names the writer in managedFields; `croft` when left out. */
  fieldManager?: string;
  /** Where the API is; needed only when fetch goes over a network. */
  origin?: string;
  /** Takes what the API warns of, such as fields that it does not know. */
  onWarning?: ((text: string) => void) | undefined;
}

const patchTypes = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

export function createClient(fetch: Fetch, options: ClientOptions = {}): Client {
  const origin = options.origin ?? localOrigin;
  const manager = options.fieldManager ?? 'croft';

  async function send(
    method: string,
    path: string,
    body?: unknown,
    type = 'application/json',
    signal?: AbortSignal,
    accept = 'application/json',
  ) {
    const headers: Record<string, string> = { accept };
    if (body !== undefined) headers['content-type'] = type;
    const init: RequestInit = { method, headers };
    if (body !== undefined) init.body = JSON.stringify(body);
    if (signal !== undefined) init.signal = signal;
    const response = await fetch(new Request(`${origin}${path}`, init));
    if (options.onWarning !== undefined) readWarnings(response).forEach(options.onWarning);
    if (!response.ok) throw await readStatusError(response);
    return response;
  }
  const sendForObject = async <T>(
    method: string,
    path: string,
    body?: unknown,
    type?: string,
  ): Promise<Stored<T & KubeObject>> => (await (await send(method, path, body, type)).json()) as Stored<T & KubeObject>;
  const writeQuery = (write: WriteOptions, more: Record<string, string | boolean | undefined> = {}) =>
    queryText({
      fieldManager: write.fieldManager ?? manager,
      dryRun: write.dryRun ? 'All' : undefined,
      ...more,
    });
  const named = <T extends KubeObject>(kind: Kind<T>, object: T): T => ({
    ...object,
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
  });

  const client: Client = {
    fetch,
    origin,
    get: (kind, key) => sendForObject('GET', objectPath(kind, key)),
    find: async (kind, key) => await orUndefined(client.get(kind, key)),
    list: async <T extends KubeObject>(kind: Kind<T>, list: ListOptions = {}) => {
      const { namespace, metadataOnly, ...query } = list;
      const path = collectionPath(kind, namespace) + queryText(query);
      const response = await send('GET', path, undefined, undefined, undefined, accepted('List', metadataOnly));
      const result = (await response.json()) as ObjectList<Stored<T>>;
      for (const item of result.items) {
        item.apiVersion = apiVersionOf(kind);
        item.kind = kind.kind;
      }
      return result;
    },
    create: (kind, object, write = {}) =>
      sendForObject('POST', collectionPath(kind, object.metadata?.namespace) + writeQuery(write), named(kind, object)),
    replace: (kind, object, write = {}) =>
      sendForObject('PUT', objectPath(kind, keyOf(object), write.subresource) + writeQuery(write), named(kind, object)),
    patch: (kind, key, body, write = {}) =>
      sendForObject(
        'PATCH',
        objectPath(kind, key, write.subresource) + writeQuery(write),
        body,
        patchTypes[write.type ?? 'merge'],
      ),
    apply: (kind, object, write = {}) =>
      sendForObject(
        'PATCH',
        objectPath(kind, keyOf(object), write.subresource) + writeQuery(write, { force: write.force }),
        named(kind, object),
        patchTypes.apply,
      ),
    delete: async <T extends KubeObject>(
      kind: Kind<T>,
      key: ObjectKey,
      { uid, resourceVersion, ...rest }: DeleteOptions = {},
    ) => {
      const preconditions =
        uid === undefined && resourceVersion === undefined ? {} : { preconditions: { uid, resourceVersion } };
      const body = { kind: 'DeleteOptions', apiVersion: 'v1', ...rest, ...preconditions };
      const answer = await sendForObject<T>('DELETE', objectPath(kind, key), body);
      return answer.kind === kind.kind && staysAfterDelete(answer) ? answer : undefined;
    },
    remove: async (kind, key, remove) => {
      await orUndefined(client.delete(kind, key, remove));
    },
    watch: async function* <T extends KubeObject>(
      kind: Kind<T>,
      { namespace, signal, metadataOnly, ...query }: WatchOptions = {},
    ) {
      const path = collectionPath(kind, namespace) + queryText({ ...query, watch: true });
      const response = await send('GET', path, undefined, undefined, signal, accepted('', metadataOnly));
      yield* readWatchEvents<Stored<T>>(response, signal);
    },
    getPath: async <T>(path: string, accept?: string) =>
      (await (await send('GET', path, undefined, undefined, undefined, accept)).json()) as T,
    getText: async (path) => await (await send('GET', path, undefined, undefined, undefined, '*/*')).text(),
    findKind: (apiVersion, kind) => findKind(send, apiVersion, kind),
  };
  return client;
}

/** The texts of the header Warning: `299 - "unknown field \"x\""`. */
function readWarnings({ headers }: Response): string[] {
  const quoted = /\d{3} \S+ "((?:[^"\\]|\\.)*)"/g;
  return Array.from((headers.get('warning') ?? '').matchAll(quoted), ([, text = '']) => text.replace(/\\(.)/g, '$1'));
}

function accepted(list: 'List' | '', metadataOnly = false): string {
  return metadataOnly
    ? `application/json;as=PartialObjectMetadata${list};g=meta.k8s.io;v=v1,application/json`
    : 'application/json';
}

async function orUndefined<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** An answer to a delete also shows objects that are gone: those that nothing holds any more. */
function staysAfterDelete({ metadata }: KubeObject): boolean {
  return (metadata?.finalizers ?? []).length > 0 || (metadata?.deletionGracePeriodSeconds ?? 0) > 0;
}
