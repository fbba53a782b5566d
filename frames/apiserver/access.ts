import type { RequestInfo } from './request-info.ts';
import type { User } from './user.ts';

/** A question to authorization: may this user do that? */
export interface AccessRequest {
  readonly user: User;
  readonly verb: string;
  readonly isResource: boolean;
  readonly path: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
}

export interface Access {
  readonly allowed: boolean;
  readonly reason: string;
}

/** Answers whether a user may do something. */
export interface Authorizer {
  authorize(request: AccessRequest): Access;
}

export function accessRequestOf(user: User, info: RequestInfo): AccessRequest {
  const { verb, isResource, path, group, resource, subresource, namespace, name } = info;
  return { user, verb, isResource, path, group, resource, subresource, namespace, name };
}
