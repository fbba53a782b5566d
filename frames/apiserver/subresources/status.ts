import { methodNotAllowed, notFound } from '../failures.ts';
import type { ApiResponse } from '../request.ts';
import type { ResourceCall } from '../resource-call.ts';
import { getOne } from '../verbs/read.ts';
import { patchOne, replaceOne } from '../verbs/write.ts';

/** GET, PUT and PATCH of a part of an object that is written apart: `/status`, `/ephemeralcontainers`, `/approval`. */
export async function respondPart(call: ResourceCall): Promise<ApiResponse> {
  const { served, info, request } = call;
  const subresource = served.resource.subresources.find(({ name }) => name === info.subresource);
  if (subresource === undefined) throw notFound(served.resource, info.name);
  if (!subresource.verbs.includes(info.verb)) throw methodNotAllowed();
  if (request.method === 'GET') return getOne(call);
  return request.method === 'PUT' ? await replaceOne(call) : await patchOne(call);
}
