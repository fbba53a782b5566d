import type { EndpointSlice, Ingress, Service } from '@croft/api/types';
import type { KeyAndCertificate } from '@croft/foundation/certificates';
import { errorMessage } from '@croft/foundation/errors';
import { backendsName } from '../dns/render-records.ts';
import { groupSlices, type SlicesByService } from '../endpoints/backends.ts';
import { type IngressSettings, readSettings } from './annotations.ts';
import { findUpstream, NoUpstreamError } from './backend.ts';
import { type Account, parseAccounts } from './basic-auth.ts';
import { lockedPage, notFoundPage, unavailablePage } from './pages.ts';
import { renderPathPattern } from './path-pattern.ts';
import { type CaddyJson, renderPageHandler, renderRoute } from './render-route.ts';
import { renderCertificates, renderConnectionPolicies } from './render-tls.ts';
import { buildRoutingTable, type RoutedPath } from './routing-table.ts';
import { collectCertificates, type FindSecret, hasTls, type LoadedCertificate } from './tls.ts';
import { type IngressWarnings, warn } from './warnings.ts';

export interface FrontDoorOptions {
  /** Shown to who names no host. */
  domain: string;
  httpPort: number;
  httpsPort: number;
  clusterDomain: string;
  /** `address:port` of the instance's DNS. */
  dnsServer: string;
  adminSocket: string;
  logPath: string;
}

export interface FrontDoorObjects {
  /** Only those that are to be served. */
  ingresses: readonly Ingress[];
  services: readonly Service[];
  slices: readonly EndpointSlice[];
  findSecret: FindSecret;
  /** What the local authority has signed: for the domain, and for the hosts of all Ingresses. */
  signed: readonly KeyAndCertificate[];
}

interface Context {
  objects: FrontDoorObjects;
  options: FrontDoorOptions;
  warnings: IngressWarnings;
  services: ReadonlyMap<string, Service>;
  slices: SlicesByService;
  settings: ReadonlyMap<Ingress, IngressSettings>;
}

/** The whole configuration of the front door, and what of the Ingresses it does not hold. Pure. */
export function renderCaddyConfig(
  objects: FrontDoorObjects,
  options: FrontDoorOptions,
): { config: CaddyJson; warnings: IngressWarnings } {
  const warnings: IngressWarnings = new Map();
  const context: Context = {
    objects,
    options,
    warnings,
    services: new Map(objects.services.map((service) => [nameOf(service), service])),
    slices: groupSlices(objects.slices),
    settings: new Map(objects.ingresses.map((ingress) => [ingress, readSettings(ingress, warnings)])),
  };
  const table = buildRoutingTable(objects.ingresses, warnings);
  const certificates = collectCertificates(objects.ingresses, objects.findSecret, warnings);
  const routes = [...table].map(([host, paths]) => renderHost(host, paths, context));
  const config = {
    admin: renderAdmin(options.adminSocket),
    logging: renderLogging(options.logPath),
    apps: {
      http: {
        http_port: options.httpPort,
        https_port: options.httpsPort,
        grace_period: '300s',
        servers: { front_door: renderServer(routes, certificates, options) },
      },
      tls: { certificates: renderCertificates(certificates, objects.signed) },
    },
  };
  return { config, warnings };
}

/** A configuration under which Caddy runs and can be told the rest. */
export function renderAdmin(adminSocket: string): CaddyJson {
  return { listen: `unix/${adminSocket}`, origins: ['caddy'], config: { persist: false } };
}

function renderLogging(logPath: string): CaddyJson {
  const writer = { output: 'file', filename: logPath, roll_size_mb: 4, roll_keep: 2 };
  return { logs: { default: { level: 'WARN', writer } } };
}

function renderServer(routes: CaddyJson[], certificates: LoadedCertificate[], options: FrontDoorOptions): CaddyJson {
  const { httpPort, httpsPort, domain } = options;
  return {
    listen: [`:${httpPort}`, `:${httpsPort}`],
    automatic_https: { disable: true }, // redirects and names are told below
    routes: [...routes, { handle: [renderPageHandler(404, notFoundPage)] }],
    errors: { routes: renderErrorRoutes() },
    tls_connection_policies: renderConnectionPolicies(certificates, domain),
  };
}

/** No backend answered: 502 and 503 look alike to a visitor. */
function renderErrorRoutes(): CaddyJson[] {
  const failed = (codes: string[]) => [{ vars: { '{http.error.status_code}': codes } }];
  return [
    { match: failed(['502', '503']), handle: [renderPageHandler(503, unavailablePage)], terminal: true },
    { match: failed(['504']), handle: [renderPageHandler(504, unavailablePage)], terminal: true },
  ];
}

function renderHost(host: string, paths: readonly RoutedPath[], context: Context): CaddyJson {
  const routes = paths.map((path) => renderPath(host, path, context));
  routes.push({ handle: [renderPageHandler(404, notFoundPage)], terminal: true });
  return {
    ...(host === '' ? {} : { match: [{ host: [host] }] }),
    handle: [{ handler: 'subroute', routes }],
    terminal: true,
  };
}

function renderPath(host: string, path: RoutedPath, context: Context): CaddyJson {
  const { ingress } = path;
  const namespace = ingress.metadata?.namespace ?? '';
  const settings = context.settings.get(ingress) as IngressSettings;
  const { services, slices, warnings, options } = context;
  let pattern: string | undefined;
  try {
    pattern = renderPathPattern(path.path, path.pathType, settings.useRegex || settings.rewriteTarget !== undefined);
    const upstream = findUpstream(path, namespace, (where, name) => services.get(`${where}/${name}`), slices);
    const backendName = backendsName(namespace, path.backend.service?.name ?? '', options.clusterDomain);
    const accounts = findAccounts(ingress, settings, context);
    const redirect =
      settings.redirectToTls === 'always' || (settings.redirectToTls === 'with-tls' && hasTls(ingress, host));
    if (accounts?.length === 0) return renderPage(pattern, renderPageHandler(503, lockedPage));
    const route = { settings, redirect, upstream: { ...upstream, backendName } };
    return renderRoute(
      { ...route, ...(pattern === undefined ? {} : { pattern }), ...(accounts === undefined ? {} : { accounts }) },
      options,
    );
  } catch (error) {
    const reason = error instanceof NoUpstreamError ? 'BackendMissing' : 'PathInvalid';
    warn(warnings, ingress, reason, `${host}${path.path}: ${errorMessage(error)}`);
    return renderPage(
      pattern ?? renderPathPattern(path.path, 'Prefix', false),
      renderPageHandler(503, unavailablePage),
    );
  }
}

function renderPage(pattern: string | undefined, page: CaddyJson): CaddyJson {
  const match = pattern === undefined ? {} : { match: [{ path_regexp: { pattern } }] };
  return { ...match, handle: [page], terminal: true };
}

/** Undefined when no password is asked for; an empty list when nobody can be let in, which is told of. */
function findAccounts(ingress: Ingress, { auth }: IngressSettings, context: Context): Account[] | undefined {
  if (auth === undefined) return undefined;
  if (auth === 'unsupported') return [];
  const [namespace = '', name = ''] = auth.secret.split('/');
  const secret = context.objects.findSecret(namespace, name);
  const tell = (message: string) => warn(context.warnings, ingress, 'AuthenticationIncomplete', message);
  if (secret === undefined) {
    tell(`Secret ${auth.secret} does not exist, so all access is refused`);
    return [];
  }
  const { accounts, unsupported } = parseAccounts(secret, auth.kind);
  if (unsupported.length > 0) {
    tell(
      `Secret ${auth.secret}: only bcrypt hashes (htpasswd -B) are supported, not that of ${unsupported.join(', ')}`,
    );
  } else if (accounts.length === 0) {
    tell(`Secret ${auth.secret} holds no users${auth.kind === 'file' ? ' under the key auth' : ''}`);
  }
  return accounts;
}

function nameOf({ metadata }: Service): string {
  return `${metadata?.namespace}/${metadata?.name}`;
}
