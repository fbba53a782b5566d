import type { Connection } from './connection.ts';
import { EngineError, orMissing } from './engine-error.ts';
import { readJsonLines } from './json-lines.ts';

/** GET /images/NAME/json, the parts that Croft uses. */
export interface ImageInspect {
  Id: string;
  RepoTags: string[] | null;
  RepoDigests: string[] | null;
  Size: number;
  Config: { User?: string; StopSignal?: string; Entrypoint?: string[] | null; Cmd?: string[] | null } | null;
}

export interface PullOptions {
  onProgress?: (line: string) => void;
  signal?: AbortSignal;
  /** User and password of the registry. */
  credentials?: { username: string; password: string };
  /** The whole pull must end within so many milliseconds; 30 minutes when left out. */
  timeoutMs?: number;
}

export async function findImage(engine: Connection, reference: string): Promise<ImageInspect | undefined> {
  return await orMissing(engine.call<ImageInspect>({ method: 'GET', path: `/images/${reference}/json` }));
}

interface PullLine {
  status?: string;
  id?: string;
  error?: string;
  errorDetail?: { message?: string };
}

/** Fetches an image from its registry. Throws EngineError; the API reports failures inside a 200 answer. */
export async function fetchImage(engine: Connection, reference: string, options: PullOptions = {}): Promise<void> {
  const timeout = AbortSignal.timeout(options.timeoutMs ?? 30 * 60_000);
  const { credentials } = options;
  const stream = await engine.open({
    method: 'POST',
    path: '/images/create',
    query: { fromImage: reference },
    timeoutMs: 2 ** 31 - 1,
    signal: options.signal === undefined ? timeout : AbortSignal.any([timeout, options.signal]),
    ...(credentials === undefined ? {} : { headers: { 'x-registry-auth': encodeCredentials(credentials) } }),
  });
  for await (const line of readJsonLines<PullLine>(stream)) {
    const failure = line.error ?? line.errorDetail?.message;
    if (failure !== undefined) throw new EngineError(`pull ${reference}`, 500, failure);
    if (line.status !== undefined)
      options.onProgress?.(line.id === undefined ? line.status : `${line.status} ${line.id}`);
  }
}

/** Gives an image another name, `repository:tag`. */
export async function tagImage(engine: Connection, reference: string, name: string): Promise<void> {
  const colon = name.lastIndexOf(':');
  const query = { repo: name.slice(0, colon), tag: name.slice(colon + 1) };
  await engine.call({ method: 'POST', path: `/images/${reference}/tag`, query });
}

/** An absent image is fine; one that a container uses is not. */
export async function removeImage(engine: Connection, reference: string): Promise<void> {
  await orMissing(engine.call({ method: 'DELETE', path: `/images/${reference}`, timeoutMs: 120_000 }));
}

function encodeCredentials(credentials: { username: string; password: string }): string {
  return Buffer.from(JSON.stringify(credentials)).toString('base64url');
}
