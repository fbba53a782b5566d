export interface Credentials {
  username: string;
  password: string;
}

/** PEM texts, not paths. */
export interface TlsOptions {
  /** Certificate authorities that are trusted instead of the system's. */
  ca?: string;
  cert?: string;
  key?: string;
  /** The server's certificate is not checked. */
  insecure?: boolean;
  /** The name that the server's certificate must have, when it is not the host of the URL. */
  serverName?: string;
}

/** How a server is reached. */
export interface Connection {
  credentials?: Credentials | undefined;
  /** Credentials go to every host that a repository or a redirection leads to, not to the first one alone. */
  passCredentials?: boolean;
  tls?: TlsOptions | undefined;
  /** Environment with HTTP_PROXY, HTTPS_PROXY and NO_PROXY; no proxy when left out. */
  proxyEnv?: NodeJS.ProcessEnv | undefined;
  /** For the whole exchange with its body; 120 s when left out, as in Helm. */
  timeoutMs?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** Whether scheme, host and port are the same: only then may credentials go along. */
export function isSameOrigin(a: string, b: string): boolean {
  return new URL(a).origin === new URL(b).origin;
}

/** The URL without the user, the password and the query, which may hold signatures: for messages. */
export function showUrl(url: string): string {
  if (!URL.canParse(url)) return url;
  const shown = new URL(url);
  shown.username = '';
  shown.password = '';
  shown.search = '';
  return shown.href;
}

/** Value of an Authorization header for basic authentication. */
export function basicAuth({ username, password }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
