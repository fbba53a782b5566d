import { errorMessage } from '@croft/foundation/errors';
import { readExcerpt } from '../http/body.ts';
import { type Connection, isSameOrigin } from '../http/connection.ts';
import { FetchError } from '../http/fetch-error.ts';
import { type HttpRequest, type HttpResponse, sendRequest } from '../http/request.ts';
import { authorize, type RegistryCredentials } from './authorize.ts';

export interface RegistryOptions extends Omit<Connection, 'credentials' | 'passCredentials'> {
  credentials?: RegistryCredentials | undefined;
  /** HTTP instead of HTTPS. Registries on this machine's loopback addresses are reached by either. */
  plainHttp?: boolean;
}

/** A registry that speaks the OCI distribution protocol. */
export interface Registry {
  host: string;
  /**
   * Sends a request to a path or a URL of the registry, with what authorization it asks for; `scope` is what is wanted:
   * `repository:NAME:pull`. Any status but 401 and 403 is an answer. Throws FetchError.
   */
  send(request: Omit<HttpRequest, 'url'> & { path: string }, scope: string): Promise<HttpResponse>;
}

/** A connection to a registry; it keeps the tokens that it is given. */
export function openRegistry(host: string, options: RegistryOptions): Registry {
  const { credentials, ...connection } = options;
  const tokens = new Map<string, string>();
  let scheme = options.plainHttp === true ? 'http' : 'https';

  async function attempt(request: HttpRequest, scope: string): Promise<HttpResponse> {
    const authorization = tokens.get(scope);
    const headers = { ...request.headers, ...(authorization === undefined ? {} : { authorization }) };
    return await sendRequest({ ...request, headers }, connection);
  }

  async function sendAt(request: HttpRequest, scope: string): Promise<HttpResponse> {
    const response = await attempt(request, scope);
    // What another host asks for after a redirection is not for these credentials.
    if (response.status !== 401 || !isSameOrigin(response.url, request.url)) return response;
    response.discard();
    tokens.set(scope, await authorize(response, scope, credentials, connection));
    return await attempt(request, scope);
  }

  async function send(request: Omit<HttpRequest, 'url'> & { path: string }, scope: string): Promise<HttpResponse> {
    const { path, ...rest } = request;
    const url = () => new URL(path, `${scheme}://${apiHost(host)}`).href;
    try {
      return await checkAccess(await sendAt({ ...rest, url: url() }, scope));
    } catch (error) {
      if (scheme !== 'https' || !isLoopback(host) || !isPlainAnswer(error)) throw error;
      scheme = 'http';
      return await checkAccess(await sendAt({ ...rest, url: url() }, scope));
    }
  }
  return { host, send };
}

/** Docker Hub's registry has another name than its images. */
function apiHost(host: string): string {
  return host === 'docker.io' || host === 'index.docker.io' ? 'registry-1.docker.io' : host;
}

function isLoopback(host: string): boolean {
  return /^(localhost|127\.[0-9.]+|\[::1\])(:[0-9]+)?$/.test(host);
}

/** Whether the server spoke plain HTTP where TLS was expected. */
function isPlainAnswer(error: unknown): boolean {
  return error instanceof FetchError && /wrong version number|packet length too long/.test(errorMessage(error.cause));
}

async function checkAccess(response: HttpResponse): Promise<HttpResponse> {
  if (response.status === 401 || response.status === 403) throw await registryError(response);
  return response;
}

/** The error that an answer of the registry tells. */
export async function registryError(response: HttpResponse): Promise<FetchError> {
  const { status, statusText, url } = response;
  const told = parseErrors(await readExcerpt(response));
  const problem = [`${status} ${statusText}`.trim(), ...told].join(': ');
  return new FetchError(url, problem, status);
}

/** The texts of `{"errors": [{"code": ..., "message": ...}]}`. */
function parseErrors(text: string): string[] {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return [];
  }
  const errors: unknown = typeof body === 'object' && body !== null && 'errors' in body ? body.errors : undefined;
  if (!Array.isArray(errors)) return [];
  return errors.map((error: { code?: unknown; message?: unknown }) =>
    [error.code, error.message].filter((part) => typeof part === 'string' && part !== '').join(' '),
  );
}

/** Throws the registry's error unless the answer has one of these statuses. */
export async function requireAnswer(response: HttpResponse, ...statuses: number[]): Promise<HttpResponse> {
  if (!statuses.includes(response.status)) throw await registryError(response);
  return response;
}
