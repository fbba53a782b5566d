import type { Core } from './core.ts';
import { methodNotAllowed } from './failures.ts';
import type { Call } from './handle.ts';
import type { ApiResponse } from './request.ts';

/** The Kubernetes whose API this server serves. */
export const servedVersion = {
  major: '1',
  minor: '36',
  emulationMajor: '1',
  emulationMinor: '36',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '35',
  gitVersion: 'v1.36.2',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: '',
  compiler: '',
  platform: 'linux/amd64',
} as const;

const plain = { 'content-type': 'text/plain; charset=utf-8' };

export const pageNotFound: ApiResponse = { status: 404, headers: plain, body: '404 page not found\n' };

/** The list of paths, /version, health and metrics; undefined for other paths. */
export function respondPlainPath({ request, info }: Call, core: Core, metrics: () => string): ApiResponse | undefined {
  const path = info.path.replace(/\/$/, '');
  const [, root = '', check, ...more] = path.split('/');
  const isHealth = healthRoots.has(root) && more.length === 0;
  if (!isHealth && !['', '/version', '/metrics'].includes(path)) return undefined;
  if (request.method !== 'GET' && request.method !== 'HEAD') throw methodNotAllowed();
  if (isHealth) return respondHealth(core, root, check, request.query);
  if (path === '/metrics') return { status: 200, headers: plain, body: metrics() };
  const page = path === '' ? { paths: pathsOf(core) } : servedVersion;
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(page, null, 2) };
}

const fixedPaths = [
  '/api',
  '/apis',
  '/healthz',
  '/livez',
  '/metrics',
  '/openapi/v2',
  '/openapi/v3',
  '/readyz',
  '/version',
];
const issuerPaths = ['/.well-known/openid-configuration', '/openid/v1/jwks'];

function pathsOf({ resources }: Core): string[] {
  const versions = resources.all().flatMap(({ resource: { group, version } }) => {
    return group === '' ? [`/api/${version}`] : [`/apis/${group}`, `/apis/${group}/${version}`];
  });
  return [...new Set([...fixedPaths, ...issuerPaths, ...versions])].sort();
}

const healthRoots = new Set(['livez', 'readyz', 'healthz']);

/** What is looked at, by name; each says what is wrong, or nothing. */
const checks: Readonly<Record<string, (core: Core) => string | undefined>> = {
  ping: () => undefined,
  log: () => undefined,
  etcd: ({ store }) => (store.revision > 0 ? undefined : 'the store has nothing in it'),
  'poststarthook/bootstrap-controller': ({ lookup }) =>
    lookup.find('namespaces', undefined, 'default') === undefined ? 'namespace default is missing' : undefined,
};

/** All checks, or the one that is asked for; `?verbose` lists them, `?exclude` leaves some out. */
function respondHealth(core: Core, root: string, only: string | undefined, query: URLSearchParams): ApiResponse {
  if (only !== undefined && checks[only] === undefined) return pageNotFound;
  const excluded = new Set(query.getAll('exclude'));
  const names = Object.keys(checks).filter((name) => (only === undefined ? !excluded.has(name) : name === only));
  const failed = names.filter((name) => checks[name]?.(core) !== undefined);
  if (failed.length === 0 && (only !== undefined || !query.has('verbose'))) {
    return { status: 200, headers: plain, body: 'ok' };
  }
  const lines = names.map((name) =>
    failed.includes(name) ? `[-]${name} failed: ${checks[name]?.(core)}` : `[+]${name} ok`,
  );
  const end = failed.length === 0 ? `${root} check passed` : `${root} check failed`;
  const status = failed.length === 0 ? 200 : 500;
  return { status, headers: plain, body: `${lines.join('\n')}\n${end}\n` };
}
