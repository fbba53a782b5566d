import type { ApiRequest } from './request.ts';

/**
 * What a request asks for, read from its path and method alone (apiserver pkg/endpoints/request/requestinfo.go), so
 * that a request for what does not exist can be refused in the same words as one for what does.
 */
export interface RequestInfo {
  readonly path: string;
  readonly verb: string;
  readonly isResource: boolean;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  /** What stands behind the subresource: `proxy/a/b`. */
  readonly rest: readonly string[];
}

const methodVerbs: Record<string, string> = {
  POST: 'create',
  GET: 'get',
  HEAD: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

const namespaceSubresources = new Set(['status', 'finalize']);

export function parseRequestInfo(request: ApiRequest): RequestInfo {
  const path = request.path;
  const none = {
    path,
    verb: request.method.toLowerCase(),
    isResource: false,
    group: '',
    version: '',
    resource: '',
    subresource: '',
    namespace: '',
    name: '',
    rest: [],
  };
  const parts = path.slice(1).split('/');
  if (parts.length > 1 && parts.at(-1) === '') parts.pop();
  const root = parts[0];
  if ((root !== 'api' || parts.length < 3) && (root !== 'apis' || parts.length < 4)) return none;
  const group = root === 'api' ? '' : (parts[1] ?? '');
  const version = parts[root === 'api' ? 1 : 2] ?? '';
  let left = parts.slice(root === 'api' ? 2 : 3).map(decodePart);
  let verb = methodVerbs[request.method] ?? '';
  const watched = left[0] === 'watch' && left.length > 1;
  if (watched) {
    left = left.slice(1);
    verb = 'watch';
  }
  let namespace = '';
  if (left[0] === 'namespaces') {
    namespace = left[1] ?? '';
    if (left.length > 2 && !namespaceSubresources.has(left[2] ?? '')) left = left.slice(2);
  }
  const [resource = '', urlName = '', subresource = '', ...rest] = left;
  let name = urlName;
  if (urlName === '' && verb === 'get') verb = isTrue(request.query.get('watch')) ? 'watch' : 'list';
  if (urlName === '' && verb === 'delete') verb = 'deletecollection';
  if (urlName === '' && (verb === 'list' || verb === 'watch' || verb === 'deletecollection')) {
    name = nameInSelector(request.query.get('fieldSelector'));
  }
  return { path, verb, isResource: true, group, version, resource, subresource, namespace, name, rest };
}

/** Kubernetes takes anything but `0` and `false`, in whatever case, as true. */
export function isTrue(value: string | null): boolean {
  return value !== null && value !== '0' && value.toLowerCase() !== 'false';
}

function nameInSelector(selector: string | null): string {
  const match = /(?:^|,)\s*metadata\.name==?([^,]+)/.exec(selector ?? '');
  const found = match?.[1] ?? '';
  return /[\s/%]/.test(found) ? '' : found;
}

function decodePart(part: string): string {
  if (!part.includes('%')) return part;
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
