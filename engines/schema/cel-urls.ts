import type { Environment } from '@marcbachmann/cel-js';

/** What `url()` makes: read by its functions only. */
class CelUrl {
  readonly parsed: URL;
  readonly isAbsolute: boolean;

  constructor(text: string) {
    this.isAbsolute = !text.startsWith('/');
    this.parsed = new URL(text, 'path://');
  }
}

/** Kubernetes' functions on URLs. A URL is absolute, or an absolute path. */
export function addUrlFunctions(environment: Environment): void {
  environment
    .registerType('kubernetes.URL', { ctor: CelUrl, fields: {} })
    .registerFunction('isURL(string): bool', isUrl)
    .registerFunction('url(string): kubernetes.URL', (text: string) => {
      if (!isUrl(text)) throw new Error(`URL parse error during conversion from string: ${text}`);
      return new CelUrl(text);
    })
    .registerFunction('kubernetes.URL.getScheme(): string', (url: CelUrl) =>
      url.isAbsolute ? url.parsed.protocol.slice(0, -1) : '',
    )
    .registerFunction('kubernetes.URL.getHost(): string', (url: CelUrl) => url.parsed.host)
    .registerFunction('kubernetes.URL.getHostname(): string', (url: CelUrl) =>
      url.parsed.hostname.replace(/^\[(.*)\]$/, '$1'),
    )
    .registerFunction('kubernetes.URL.getPort(): string', (url: CelUrl) => url.parsed.port)
    .registerFunction('kubernetes.URL.getEscapedPath(): string', (url: CelUrl) => url.parsed.pathname)
    .registerFunction('kubernetes.URL.getQuery(): map<string, list<string>>', (url: CelUrl) => queryOf(url));
}

function isUrl(text: string): boolean {
  if (text.startsWith('/')) return !/\s/.test(text);
  return /^[a-zA-Z][a-zA-Z0-9+.-]*:\S*$/.test(text) && URL.canParse(text);
}

function queryOf({ parsed }: CelUrl): Record<string, string[]> {
  const names = [...new Set(parsed.searchParams.keys())];
  return Object.fromEntries(names.map((name) => [name, parsed.searchParams.getAll(name)]));
}
