import { deleteEntries, deleteObject } from '../delete.ts';
import { readDeleteOptions } from '../delete-options.ts';
import { parseListOptions } from '../options.ts';
import { renderListAs, renderObjectAs, respondStatus, respondText } from '../output.ts';
import { listEntries } from '../read.ts';
import type { ApiResponse } from '../request.ts';
import type { ResourceCall } from '../respond.ts';
import { formOf } from './read.ts';

export async function deleteOne(call: ResourceCall): Promise<ApiResponse> {
  const { core, served, namespace, info, request } = call;
  const form = formOf(call);
  const options = await readDeleteOptions(request);
  const deleted = await deleteObject(core, served, namespace, info.name, options);
  if ('status' in deleted) return respondStatus(deleted.status);
  return respondText(200, renderObjectAs(served, deleted.text, form), form.representation);
}

/** Deletes what the selectors show and answers with the list of it, as it stood before. */
export async function deleteCollection(call: ResourceCall): Promise<ApiResponse> {
  const { core, served, namespace, request } = call;
  const form = formOf(call);
  const options = await readDeleteOptions(request);
  const listed = listEntries(core, served, namespace, parseListOptions(request.query, false));
  if (!options.dryRun) await deleteEntries({ core, served }, listed.entries, options);
  return respondText(200, renderListAs(served, listed, form), form.representation);
}
