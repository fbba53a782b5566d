import type { Fetch } from '@croft/client/fetch';
import { isJsonObject, type JsonObject } from '@croft/foundation/json';
import type { RecordedRequest } from './scenario.ts';

const verbs: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };
const pathForm =
  /^\/(?:api\/v1|apis\/(?<group>[^/]+)\/[^/]+)(?:\/namespaces\/(?<namespace>[^/]+)(?=\/))?\/(?<plural>[^/]+)(?:\/(?<name>[^/]+))?$/;

export interface Recorder {
  readonly fetch: Fetch;
  /** The writes so far, in their order. */
  readonly requests: RecordedRequest[];
  /** From now on nothing gets through, as from a process that is dead. */
  kill(): void;
  /** Aborted with it. */
  readonly dead: AbortSignal;
}

/** A fetch function that keeps what is written through it. */
export function recordRequests(fetch: Fetch): Recorder {
  const requests: RecordedRequest[] = [];
  const dead = new AbortController();
  const death = new Promise<never>((_, reject) => {
    dead.signal.addEventListener('abort', () => reject(dead.signal.reason), { once: true });
  });
  death.catch(() => {});
  const send: Fetch = async (request) => {
    dead.signal.throwIfAborted();
    const verb = verbs[request.method];
    if (verb === undefined) return await Promise.race([fetch(request), death]);
    const entry = await readRequest(request.clone(), verb);
    requests.push(entry);
    const response = await Promise.race([fetch(request), death]);
    entry.code = response.status;
    return response;
  };
  return { fetch: send, requests, kill: () => dead.abort(new Error('killed')), dead: dead.signal };
}

async function readRequest(request: Request, verb: string): Promise<RecordedRequest> {
  const { group, namespace, plural = '', name } = pathForm.exec(new URL(request.url).pathname)?.groups ?? {};
  const text = await request.text();
  const parsed: unknown = text.startsWith('{') ? JSON.parse(text) : {};
  const body = isJsonObject(parsed) ? (parsed as JsonObject) : {};
  const metadata = body.metadata as { name?: string; labels?: Record<string, string> } | undefined;
  const entry: RecordedRequest = { verb, resource: group === undefined ? plural : `${plural}.${group}`, code: 0 };
  if (namespace !== undefined) entry.namespace = namespace;
  if (plural === 'namespaces' && name !== undefined) entry.namespace = name; // as the audit log has it
  const known = name ?? metadata?.name;
  if (known !== undefined) entry.name = decodeURIComponent(known);
  const status = metadata?.labels?.status;
  if (plural === 'secrets' && known?.startsWith('sh.helm.release.') && status !== undefined)
    entry.releaseStatus = status;
  if (verb === 'delete' && body.propagationPolicy !== undefined) {
    entry.deleteOptions = { propagationPolicy: body.propagationPolicy };
  }
  return entry;
}

/** One line for each write. Neighbours that helm sends side by side have no order: they are sorted by name. */
export function describeRequests(requests: readonly RecordedRequest[]): string[] {
  const groups: RecordedRequest[][] = [];
  for (const request of requests) {
    const last = groups.at(-1);
    const [first] = last ?? [];
    const isAlike = first?.verb === request.verb && first.resource === request.resource && !isReleaseSecret(first);
    if (isAlike && !isReleaseSecret(request)) last?.push(request);
    else groups.push([request]);
  }
  return groups.flatMap((group) => group.map(describe).sort());
}

function isReleaseSecret({ name }: RecordedRequest): boolean {
  return name?.startsWith('sh.helm.release.') === true;
}

function describe({ verb, resource, namespace = '', name = '', code, releaseStatus, deleteOptions }: RecordedRequest) {
  const more = [releaseStatus, deleteOptions?.propagationPolicy].filter((part) => part !== undefined);
  return [verb, resource, `${namespace}/${name}`, code, ...more].join(' ');
}
