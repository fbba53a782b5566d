import type { Core } from './core.ts';
import { methodNotAllowed, unknownResource } from './failures.ts';
import type { Call } from './handle.ts';
import type { ApiResponse } from './request.ts';
import type { ServedResource } from './served-resource.ts';
import { deleteCollection, deleteOne } from './verbs/delete.ts';
import { getOne, listOrWatch } from './verbs/read.ts';
import { createOne, patchOne, replaceOne } from './verbs/write.ts';
import { warningHeader } from './warning-header.ts';

/** A call for a resource that is served. */
export interface ResourceCall extends Call {
  readonly core: Core;
  readonly served: ServedResource;
  /** Empty for resources without namespaces. */
  readonly namespace: string;
}

export type RespondToSubresource = (call: ResourceCall) => Promise<ApiResponse> | undefined;

type Respond = (call: ResourceCall) => Promise<ApiResponse> | ApiResponse;

const collectionVerbs: Record<string, Respond> = {
  list: listOrWatch,
  watch: listOrWatch,
  create: createOne,
  deletecollection: deleteCollection,
};

const objectVerbs: Record<string, Respond> = {
  get: getOne,
  watch: listOrWatch,
  update: replaceOne,
  patch: patchOne,
  delete: deleteOne,
};

/** Answers for objects: finds the resource, then its verb. Throws 404 and 405. */
export async function respondResource(
  core: Core,
  call: Call,
  subresources: RespondToSubresource,
  virtualResource: RespondToSubresource,
): Promise<ApiResponse> {
  const { info, request } = call;
  const served = findServed(core, call);
  const namespace = served.resource.namespaced ? info.namespace : '';
  const resourceCall: ResourceCall = { ...call, core, served, namespace };
  if (info.subresource !== '') {
    const response = subresources(resourceCall);
    if (response === undefined) throw unknownResource();
    return withDeprecation(served, await response);
  }
  const onCollection = call.info.name === '' || isCollectionPath(call);
  const verb = request.method === 'HEAD' || request.method === 'OPTIONS' ? '' : info.verb;
  const respond = (onCollection ? collectionVerbs : objectVerbs)[verb];
  const virtual = onCollection ? virtualResource(resourceCall) : undefined;
  if (virtual !== undefined) return await virtual;
  if (respond === undefined || !served.resource.verbs.includes(verb)) throw methodNotAllowed();
  if (verb === 'create' && served.resource.namespaced && namespace === '') throw methodNotAllowed();
  if (verb === 'deletecollection' && served.resource.namespaced && namespace === '') throw methodNotAllowed();
  return withDeprecation(served, await respond(resourceCall));
}

/** A list by `metadata.name` has a name in its info, but not in its path. */
function isCollectionPath({ info }: Call): boolean {
  if (info.verb === 'list' || info.verb === 'deletecollection') return true;
  return info.verb === 'watch' && !info.path.endsWith(`/${encodeURIComponent(info.name)}`);
}

function findServed(core: Core, { info }: Call): ServedResource {
  const served = core.resources.find(info.group, info.version, info.resource);
  if (served === undefined) throw unknownResource();
  const { namespaced } = served.resource;
  if (!namespaced && info.namespace !== '' && info.resource !== 'namespaces') throw unknownResource();
  if (namespaced && info.namespace === '' && info.name !== '' && !isCollectionPath({ info } as Call))
    throw unknownResource();
  if (info.rest.length > 0 && info.subresource !== 'proxy') throw unknownResource();
  return served;
}

function withDeprecation(served: ServedResource, response: ApiResponse): ApiResponse {
  if (served.deprecation === undefined) return response;
  const warning = [warningHeader([served.deprecation]), response.headers.warning].filter(Boolean).join(', ');
  return { ...response, headers: { ...response.headers, warning } };
}
