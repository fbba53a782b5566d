import type { IngressSettings } from './annotations.ts';
import type { Upstream } from './backend.ts';
import type { Account } from './basic-auth.ts';
import { forbiddenPage } from './pages.ts';

/** A part of Caddy's configuration. */
export type CaddyJson = { [key: string]: unknown };

/** One path with all that it asks for, ready to be written down. */
export interface RenderedPath {
  /** A regular expression (RE2) for the path; none matches all. */
  pattern?: string;
  settings: IngressSettings;
  redirect: boolean;
  accounts?: Account[];
  upstream: Upstream & { backendName: string };
}

export interface RouteOptions {
  httpsPort: number;
  dnsServer: string;
}

const patternName = 'croft_path';
/** How long another backend is tried; for one to appear at all, the DNS program waits in addition. */
const tryOthers = '3s';
/** Only a way that fails again and again is passed over for a while: all of a Service's Pods are one way by its name. */
const passive = { fail_duration: '400ms', max_fails: 4 };

export function renderRoute(path: RenderedPath, options: RouteOptions): CaddyJson {
  const { settings } = path;
  const routes: CaddyJson[] = [];
  if (path.redirect) routes.push({ match: [{ protocol: 'http' }], handle: [redirectToTls(options.httpsPort)] });
  routes.push(...refuseSources(settings));
  if (settings.appRoot !== undefined) {
    routes.push({ match: [{ path: ['/'] }], handle: [redirectTo(settings.appRoot, 302)] });
  }
  if (settings.maxBodyBytes !== undefined) routes.push(refuseLargeBodies(settings.maxBodyBytes));
  routes.push({ handle: renderHandlers(path, options) });
  return {
    ...(path.pattern === undefined ? {} : { match: [{ path_regexp: { name: patternName, pattern: path.pattern } }] }),
    handle: [{ handler: 'subroute', routes: routes.map((route) => ({ terminal: true, ...route })) }],
    terminal: true,
  };
}

function renderHandlers(path: RenderedPath, options: RouteOptions): CaddyJson[] {
  const { settings, accounts } = path;
  const handlers: CaddyJson[] = [];
  if (settings.maxBodyBytes !== undefined) handlers.push({ handler: 'request_body', max_size: settings.maxBodyBytes });
  if (accounts !== undefined) handlers.push(renderAuthentication(accounts, settings));
  if (settings.rewriteTarget !== undefined) {
    const uri = settings.rewriteTarget.replaceAll(/\$(\d)/g, `{http.regexp.${patternName}.$1}`);
    handlers.push({ handler: 'rewrite', uri });
  }
  return [...handlers, renderProxy(path, options)];
}

function renderAuthentication(accounts: readonly Account[], settings: IngressSettings): CaddyJson {
  const { realm } = typeof settings.auth === 'object' ? settings.auth : { realm: 'restricted' };
  return {
    handler: 'authentication',
    providers: {
      http_basic: {
        hash: { algorithm: 'bcrypt' },
        hash_cache: {}, // else every request would cost a bcrypt
        realm,
        accounts: accounts.map(({ username, hash }) => ({ username, password: Buffer.from(hash).toString('base64') })),
      },
    },
  };
}

/**
 * Backends are found by name whenever a connection is made, and one that cannot be reached is passed over for the next,
 * so that Pods come, go and die without a new configuration (which would end every WebSocket) and before the body of a
 * request is touched (which Caddy 2.6 cannot send twice). The Service's own address is the way when names fail.
 */
function renderProxy(path: RenderedPath, options: RouteOptions): CaddyJson {
  const { settings } = path;
  const headers = {
    'X-Real-Ip': ['{http.request.remote.host}'],
    ...(settings.upstreamHost === undefined ? {} : { Host: [settings.upstreamHost] }),
  };
  return {
    handler: 'reverse_proxy',
    ...renderUpstreams(path, options),
    health_checks: { passive },
    headers: { request: { set: headers } },
    transport: renderTransport(settings.backendProtocol, options),
  };
}

function renderUpstreams({ settings, upstream }: RenderedPath, { dnsServer }: RouteOptions): CaddyJson {
  const { fixed, backendPort, backendName } = upstream;
  const sticky = settings.stickyCookie;
  const waiting = { try_duration: tryOthers, try_interval: '50ms' };
  const direct = fixed === undefined ? [] : [{ dial: fixed }];
  if (sticky === undefined || backendPort === undefined) {
    const named = backendPort === undefined ? [] : [{ dial: `${backendName}.:${backendPort}` }];
    return { upstreams: [...named, ...direct], load_balancing: { selection_policy: { policy: 'first' }, ...waiting } };
  }
  const lookup = { source: 'a', name: `${backendName}.`, port: String(backendPort), refresh: '500ms' };
  return {
    ...(fixed === undefined ? {} : { upstreams: direct }),
    dynamic_upstreams: { ...lookup, dial_timeout: '1s', resolver: renderResolver(dnsServer) },
    load_balancing: { selection_policy: { policy: 'cookie', name: sticky }, ...waiting },
  };
}

function renderResolver(dnsServer: string): CaddyJson {
  return { addresses: [`udp/${dnsServer}`] };
}

function renderTransport(protocol: IngressSettings['backendProtocol'], { dnsServer }: RouteOptions): CaddyJson {
  return {
    protocol: 'http',
    dial_timeout: '6s', // a name without an address yet is waited for within it
    resolver: renderResolver(dnsServer),
    // Idle for less than the 5 s of Apache and Node, so that none is used as it is closed.
    keep_alive: { idle_timeout: '4s', probe_interval: '30s', max_idle_conns_per_host: 64 },
    ...(protocol === 'https' ? { tls: { insecure_skip_verify: true } } : {}), // as ingress-nginx does by default
    ...(protocol === 'h2c' ? { versions: ['h2c', '2'] } : {}),
  };
}

function refuseSources({ allowedSources, deniedSources }: IngressSettings): CaddyJson[] {
  const refuse = [renderPageHandler(403, forbiddenPage)];
  const routes: CaddyJson[] = [];
  if (allowedSources !== undefined) {
    const match = allowedSources.length === 0 ? {} : { match: [{ not: [{ remote_ip: { ranges: allowedSources } }] }] };
    routes.push({ ...match, handle: refuse });
  }
  if (deniedSources?.length) routes.push({ match: [{ remote_ip: { ranges: deniedSources } }], handle: refuse });
  return routes;
}

/** A body whose length is told is refused before it is sent; one of unknown length is cut off on the way. */
function refuseLargeBodies(maxBytes: number): CaddyJson {
  const length = '{http.request.header.Content-Length}';
  const refuse = { handler: 'static_response', status_code: 413 };
  const tooLarge = { match: [{ expression: `int(${length}) > ${maxBytes}` }], handle: [refuse], terminal: true };
  return {
    match: [{ header: { 'Content-Length': ['*'] } }], // first, because the expression fails without one
    handle: [{ handler: 'subroute', routes: [tooLarge] }],
    terminal: false,
  };
}

function redirectToTls(httpsPort: number): CaddyJson {
  const port = httpsPort === 443 ? '' : `:${httpsPort}`;
  return redirectTo(`https://{http.request.host}${port}{http.request.uri}`, 308);
}

function redirectTo(location: string, status: number): CaddyJson {
  return { handler: 'static_response', status_code: status, headers: { Location: [location] } };
}

export function renderPageHandler(status: number, body: string): CaddyJson {
  const headers = { 'Content-Type': ['text/html; charset=utf-8'], 'Cache-Control': ['no-store'] };
  return { handler: 'static_response', status_code: status, headers, body };
}
