import { negotiate } from '../negotiate.ts';
import { parseListOptions } from '../options.ts';
import { renderListAs, renderObjectAs, respondText } from '../output.ts';
import { hasProtobufForm } from '../protobuf/answer.ts';
import { getEntry, listEntries } from '../read.ts';
import type { ApiResponse } from '../request.ts';
import type { ResourceCall } from '../resource-call.ts';
import { parseIncludeObject } from '../table.ts';
import { watchCollection } from '../watch.ts';

export function formOf({ core, request, served }: Pick<ResourceCall, 'core' | 'request' | 'served'>) {
  const accept = request.header('accept');
  const asks = accept?.includes('protobuf') === true && !served.custom;
  const representation = negotiate(accept, asks && hasProtobufForm(served.apiVersion, served.resource.kind));
  const include = representation.as === 'Table' ? parseIncludeObject(request.query.get('includeObject')) : 'Metadata';
  return { representation, include, nowMs: core.clock.now() } as const;
}

export function getOne(call: ResourceCall): ApiResponse {
  const { core, served, namespace, info, request } = call;
  const form = formOf(call);
  const entry = getEntry(core, served, namespace, info.name, request.query.get('resourceVersion') ?? '');
  return respondText(200, renderObjectAs(served, served.textOf(entry), form), form.representation);
}

export function listOrWatch(call: ResourceCall): ApiResponse {
  const { core, served, namespace, info, request } = call;
  const form = formOf(call);
  const watching = info.verb === 'watch';
  const options = parseListOptions(request.query, watching);
  if (watching) {
    const named = info.name !== '' && !request.query.has('fieldSelector');
    const fieldSelector = named ? `metadata.name=${info.name}` : options.fieldSelector;
    return watchCollection(core, served, namespace, { ...options, fieldSelector }, form);
  }
  const listed = listEntries(core, served, namespace, options);
  return respondText(200, renderListAs(served, listed, form), form.representation);
}
