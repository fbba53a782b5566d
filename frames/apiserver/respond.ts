import type { Core } from './core.ts';
import { methodNotAllowed, unknownResource } from './failures.ts';
import type { Call } from './handle.ts';
import type { ApiResponse } from './request.ts';
import type { ResourceCall, RespondToSubresource } from './resource-call.ts';
import type { ServedResource } from './served-resource.ts';
import { deleteCollection, deleteOne } from './verbs/delete.ts';
import { getOne, listOrWatch } from './verbs/read.ts';
import { createOne, patchOne, replaceOne } from './verbs/write.ts';
import { withWarnings } from './warnings.ts';

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
  const served = findServed(core, call);
  const namespace = served.resource.namespaced ? call.info.namespace : '';
  const warnings: string[] = [];
  const resourceCall: ResourceCall = { ...call, core, served, namespace, warnings };
  const respond =
    call.info.subresource === ''
      ? () => respondVerb(resourceCall, virtualResource)
      : () => respondBelow(resourceCall, subresources);
  return await withWarnings(warnings, respond);
}

function respondBelow(call: ResourceCall, subresources: RespondToSubresource): Promise<ApiResponse> {
  const response = subresources(call);
  if (response === undefined) throw unknownResource();
  warnOfDeprecation(call);
  return response;
}

function respondVerb(call: ResourceCall, virtualResource: RespondToSubresource): Promise<ApiResponse> | ApiResponse {
  const { served, namespace, request, info } = call;
  const onCollection = info.name === '' || isCollectionPath(call);
  const verb = request.method === 'HEAD' || request.method === 'OPTIONS' ? '' : info.verb;
  const respond = (onCollection ? collectionVerbs : objectVerbs)[verb];
  const virtual = onCollection ? virtualResource(call) : undefined;
  if (virtual !== undefined) return virtual;
  if (respond === undefined || !served.resource.verbs.includes(verb)) throw methodNotAllowed();
  if (verb === 'create' && served.resource.namespaced && namespace === '') throw methodNotAllowed();
  if (verb === 'deletecollection' && served.resource.namespaced && namespace === '') throw methodNotAllowed();
  warnOfDeprecation(call);
  return respond(call);
}

function warnOfDeprecation({ served, warnings }: ResourceCall): void {
  if (served.deprecation !== undefined) warnings.unshift(served.deprecation);
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
