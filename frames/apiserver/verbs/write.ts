import { applyObject } from '../apply.ts';
import type { Writing } from '../core.ts';
import { createObject, type Written } from '../create.ts';
import { decodeBody } from '../decode.ts';
import { parseWriteOptions, type WriteOptions } from '../options.ts';
import { renderObjectAs, respondText } from '../output.ts';
import { patchObject, patchTypeOf } from '../patch.ts';
import { replaceObject } from '../replace.ts';
import type { ApiResponse } from '../request.ts';
import type { ResourceCall } from '../respond.ts';
import { warningHeader } from '../warning-header.ts';
import { formOf } from './read.ts';

export async function createOne(call: ResourceCall): Promise<ApiResponse> {
  const form = formOf(call);
  const writing = writingOf(call, parseWriteOptions(call.request, 'CreateOptions'));
  const object = await decodeRequest(call, writing);
  return respondWritten(call, writing, form, await createObject(writing, object), 201);
}

export async function replaceOne(call: ResourceCall): Promise<ApiResponse> {
  const form = formOf(call);
  const writing = writingOf(call, parseWriteOptions(call.request, 'UpdateOptions'));
  const object = await decodeRequest(call, writing);
  const written = await replaceObject(writing, call.info.name, object);
  return respondWritten(call, writing, form, written, written.created ? 201 : 200);
}

export async function patchOne(call: ResourceCall): Promise<ApiResponse> {
  const { request, served, info } = call;
  const form = formOf(call);
  const type = patchTypeOf(request.header('content-type'), served.custom);
  const writing = writingOf(call, parseWriteOptions(request, 'PatchOptions', type === 'apply' ? 'apply' : 'other'));
  const body = await request.readBody();
  const written =
    type === 'apply' ? await applyObject(writing, info.name, body) : await patchObject(writing, info.name, type, body);
  return respondWritten(call, writing, form, written, written.created ? 201 : 200);
}

export function writingOf({ core, served, user, namespace, info }: ResourceCall, options: WriteOptions): Writing {
  return { core, served, user, namespace, options, subresource: info.subresource, warnings: [] };
}

async function decodeRequest({ request, served }: ResourceCall, { options, warnings }: Writing) {
  const body = await request.readBody();
  return decodeBody(served, body, request.header('content-type'), options.fieldValidation, warnings);
}

function respondWritten(
  { served }: ResourceCall,
  { warnings }: Writing,
  form: ReturnType<typeof formOf>,
  written: Written,
  status: number,
): ApiResponse {
  const headers = warnings.length === 0 ? {} : { warning: warningHeader([...new Set(warnings)]) };
  return respondText(status, renderObjectAs(served, written.text, form), form.representation, headers);
}
