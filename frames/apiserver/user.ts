/** Who asks, as authentication found. */
export interface User {
  readonly name: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

export const anonymous: User = { name: 'system:anonymous', groups: ['system:unauthenticated'] };

/** What the server itself does, its built-in controllers among it. */
export const systemUser: User = { name: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] };

export const isMaster = (user: User): boolean => user.groups.includes('system:masters');

const serviceAccountPrefix = 'system:serviceaccount:';

/** The account that a user name like `system:serviceaccount:NAMESPACE:NAME` tells of. */
export function findServiceAccount(userName: string): { namespace: string; name: string } | undefined {
  if (!userName.startsWith(serviceAccountPrefix)) return undefined;
  const [namespace = '', name = '', ...more] = userName.slice(serviceAccountPrefix.length).split(':');
  return namespace === '' || name === '' || more.length > 0 ? undefined : { namespace, name };
}

export const serviceAccountUserName = (namespace: string, name: string): string =>
  `${serviceAccountPrefix}${namespace}:${name}`;

export const serviceAccountGroups = (namespace: string): string[] => [
  'system:serviceaccounts',
  `system:serviceaccounts:${namespace}`,
];
