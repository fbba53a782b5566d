import { type Authorizer, accessRequestOf } from './access.ts';
import { refusal } from './authorize.ts';
import { badRequest } from './failures.ts';
import type { ApiRequest } from './request.ts';
import type { RequestInfo } from './request-info.ts';
import { findServiceAccount, serviceAccountGroups, type User } from './user.ts';

const extraPrefix = 'impersonate-extra-';

/** Acting as someone else by Impersonate-* headers, for those who may (apiserver filters/impersonation.go). */
export function createImpersonate(authorizer: Authorizer) {
  return (request: ApiRequest, user: User, info: RequestInfo): User => {
    const name = request.header('impersonate-user');
    const groups = splitHeader(request.header('impersonate-group'));
    const uid = request.header('impersonate-uid');
    const extraNames = request.headerNames().filter((header) => header.startsWith(extraPrefix));
    if (name === undefined || name === '') {
      if (groups.length === 0 && uid === undefined && extraNames.length === 0) return user;
      throw badRequest(`requested ${JSON.stringify({ groups, uid })} without impersonating a user name`);
    }
    const account = findServiceAccount(name);
    const ask = (group: string, resource: string, what: string, namespace = '', subresource = '') => {
      const access = {
        user,
        verb: 'impersonate',
        isResource: true,
        path: request.path,
        group,
        resource,
        subresource,
        namespace,
        name: what,
      };
      if (!authorizer.authorize(access).allowed) throw impersonationRefusal(user, info, account !== undefined);
    };
    if (account === undefined) ask('', 'users', name);
    else ask('', 'serviceaccounts', account.name, account.namespace);
    for (const group of groups) ask('', 'groups', group);
    const authentication = 'authentication.k8s.io';
    if (uid !== undefined) ask(authentication, 'uids', uid);
    const extra: Record<string, string[]> = {};
    for (const header of extraNames) {
      const key = decodeURIComponent(header.slice(extraPrefix.length));
      extra[key] = splitHeader(request.header(header));
      for (const value of extra[key]) ask(authentication, 'userextras', value, '', key);
    }
    return {
      name,
      groups: groupsOf(name, groups, account?.namespace),
      ...(uid === undefined ? {} : { uid }),
      ...(extraNames.length === 0 ? {} : { extra }),
    };
  };
}

/** Kubernetes tells of the last way that it tried: impersonation for this verb alone. */
function impersonationRefusal(user: User, info: RequestInfo, isAccount: boolean) {
  const mode = isAccount ? 'serviceaccount' : 'user-info';
  return refusal({ ...accessRequestOf(user, info), verb: `impersonate-on:${mode}:${info.verb}` }, '');
}

function groupsOf(name: string, groups: readonly string[], accountNamespace: string | undefined): string[] {
  if (name === 'system:anonymous') return [...new Set([...groups, 'system:unauthenticated'])];
  const own = groups.length === 0 && accountNamespace !== undefined ? serviceAccountGroups(accountNamespace) : groups;
  return [...new Set([...own, 'system:authenticated'])];
}

function splitHeader(value: string | undefined): string[] {
  return value === undefined
    ? []
    : value
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '');
}
