import { applyObject } from '../apply.ts';
import type { Writing } from '../core.ts';
import { createObject, type Written } from '../create.ts';
import { decodeBody } from '../decode.ts';
import { parseWriteOptions, type WriteOptions } from '../options.ts';
import { renderObjectAs, respondText } from '../output.ts';
import { dropRepeatedOwners } from '../owner-references.ts';
import { patchObject, patchTypeOf } from '../patch.ts';
import { replaceObject } from '../replace.ts';
import type { ApiResponse } from '../request.ts';
import type { ResourceCall } from '../resource-call.ts';
import { formOf } from './read.ts';

export async function createOne(call: ResourceCall): Promise<ApiResponse> {
  const form = formOf(call);
  const writing = writingOf(call, parseWriteOptions(call.request, 'CreateOptions'));
  const object = await decodeRequest(call, writing);
  return respondWritten(call, form, await createObject(writing, object));
}

export async function replaceOne(call: ResourceCall): Promise<ApiResponse> {
  const form = formOf(call);
  const writing = writingOf(call, parseWriteOptions(call.request, 'UpdateOptions'));
  const object = await decodeRequest(call, writing);
  return respondWritten(call, form, await replaceObject(writing, call.info.name, object));
}

export async function patchOne(call: ResourceCall): Promise<ApiResponse> {
  const { request, served, info } = call;
  const form = formOf(call);
  const type = patchTypeOf(request.header('content-type'), served.custom);
  const writing = writingOf(call, parseWriteOptions(request, 'PatchOptions', type === 'apply' ? 'apply' : 'other'));
  const body = await request.readBody();
  const written =
    type === 'apply' ? await applyObject(writing, info.name, body) : await patchObject(writing, info.name, type, body);
  return respondWritten(call, form, written);
}

export function writingOf(call: ResourceCall, options: WriteOptions): Writing {
  const { core, served, user, namespace, info, warnings } = call;
  return { core, served, user, namespace, options, subresource: info.subresource, warnings };
}

async function decodeRequest({ request, served }: ResourceCall, { options, warnings }: Writing) {
  const body = await request.readBody();
  const object = decodeBody(served, body, request.header('content-type'), options.fieldValidation, warnings);
  dropRepeatedOwners(object, warnings);
  return object;
}

function respondWritten({ served }: ResourceCall, form: ReturnType<typeof formOf>, written: Written): ApiResponse {
  const status = written.created ? 201 : 200;
  return respondText(status, renderObjectAs(served, written.text, form), form.representation);
}
