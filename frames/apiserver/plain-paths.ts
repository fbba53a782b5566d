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

const health = new Set(['/livez', '/readyz', '/healthz']);

const plain = { 'content-type': 'text/plain; charset=utf-8' };

export const pageNotFound: ApiResponse = { status: 404, headers: plain, body: '404 page not found\n' };

/** /version, health and metrics; undefined for other paths. */
export function respondPlainPath({ request, info }: Call, metrics: () => string): ApiResponse | undefined {
  const path = info.path.replace(/\/$/, '');
  const known =
    path === '/version' || path === '/metrics' || health.has(path) || /^\/(livez|readyz|healthz)\/ping$/.test(path);
  if (!known) return undefined;
  if (request.method !== 'GET' && request.method !== 'HEAD') throw methodNotAllowed();
  if (path === '/version') {
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(servedVersion, null, 2),
    };
  }
  return { status: 200, headers: plain, body: path === '/metrics' ? metrics() : 'ok' };
}
