import { readBody, readExcerpt } from '../http/body.ts';
import { basicAuth, type Connection, type Credentials } from '../http/connection.ts';
import { FetchError } from '../http/fetch-error.ts';
import { type HttpResponse, sendRequest } from '../http/request.ts';

export interface RegistryCredentials extends Credentials {
  /** A refresh token, which stands in the place of a password. */
  identityToken?: string;
}

const mostBytes = 1024 * 1024;

/** What a WWW-Authenticate header asks for. */
interface Challenge {
  scheme: string;
  parameters: Map<string, string>;
}

/**
 * The Authorization header that the answer 401 asks for: basic, or a token of the registry's token service for the scope
 * (Docker's and OAuth 2's forms). Throws FetchError when there are no credentials or they are refused.
 */
export async function authorize(
  response: HttpResponse,
  scope: string,
  credentials: RegistryCredentials | undefined,
  connection: Connection,
): Promise<string> {
  const { scheme, parameters } = parseChallenge(response.headers['www-authenticate'] ?? '');
  if (scheme === 'basic') {
    if (credentials === undefined) throw refuse(response, 'the registry asks for a user name and a password');
    return basicAuth(credentials);
  }
  const realm = parameters.get('realm') ?? '';
  if (scheme !== 'bearer' || !URL.canParse(realm)) {
    throw refuse(response, `the registry asks for authentication in an unknown way (${scheme || 'none named'})`);
  }
  if (response.url.startsWith('https:') && !realm.startsWith('https:')) {
    throw refuse(response, `its token service ${realm} is not reached by HTTPS; credentials are not sent there`);
  }
  const query = new URLSearchParams({ service: parameters.get('service') ?? '', scope });
  if (scope === '') query.delete('scope');
  return `Bearer ${await fetchToken(realm, query, credentials, connection)}`;
}

function refuse({ url, status }: HttpResponse, problem: string): FetchError {
  return new FetchError(url, problem, status);
}

async function fetchToken(
  realm: string,
  query: URLSearchParams,
  credentials: RegistryCredentials | undefined,
  connection: Connection,
): Promise<string> {
  const { identityToken } = credentials ?? {};
  const response =
    identityToken === undefined
      ? await getToken(realm, query, credentials, connection)
      : await refreshToken(realm, query, identityToken, connection);
  if (response.status !== 200) {
    const text = (await readExcerpt(response)).trim().slice(0, 200);
    const who = credentials === undefined ? 'no token without credentials' : 'the credentials were refused';
    throw refuse(response, `${who}: ${response.status} ${response.statusText}${text === '' ? '' : `: ${text}`}`);
  }
  return readToken(await readBody(response, mostBytes), response);
}

async function getToken(
  realm: string,
  query: URLSearchParams,
  credentials: RegistryCredentials | undefined,
  connection: Connection,
): Promise<HttpResponse> {
  const url = new URL(realm);
  for (const [key, value] of query) url.searchParams.append(key, value);
  return await sendRequest({ url: url.href }, { ...connection, credentials });
}

async function refreshToken(
  realm: string,
  query: URLSearchParams,
  token: string,
  connection: Connection,
): Promise<HttpResponse> {
  const form = new URLSearchParams([
    ...query,
    ['grant_type', 'refresh_token'],
    ['client_id', 'croft'],
    ['refresh_token', token],
  ]);
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return await sendRequest({ url: realm, method: 'POST', headers, body: Buffer.from(form.toString()) }, connection);
}

function readToken(body: Buffer, response: HttpResponse): string {
  let answer: { token?: unknown; access_token?: unknown };
  try {
    answer = JSON.parse(body.toString('utf8')) as typeof answer;
  } catch {
    throw refuse(response, 'the token service did not answer in JSON');
  }
  const token = answer.token ?? answer.access_token;
  if (typeof token !== 'string' || token === '') throw refuse(response, 'the token service gave no token');
  return token;
}

function parseChallenge(header: string): Challenge {
  const [, scheme = '', rest = ''] = /^\s*([A-Za-z]+)\s*(.*)$/.exec(header) ?? [];
  const parameters = new Map<string, string>();
  for (const [, key = '', quoted, plain] of rest.matchAll(/([A-Za-z_]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/g)) {
    parameters.set(key.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '');
  }
  return { scheme: scheme.toLowerCase(), parameters };
}
