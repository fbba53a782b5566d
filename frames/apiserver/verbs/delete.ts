import type { Entry } from '@croft/store/contract';
import { ownOptions, type Writing } from '../core.ts';
import { deleteEntries, deleteObject } from '../delete.ts';
import { readDeleteOptions } from '../delete-options.ts';
import { parseListOptions } from '../options.ts';
import { renderListAs, renderObjectAs, respondStatus, respondText } from '../output.ts';
import { listEntries } from '../read.ts';
import type { ApiResponse } from '../request.ts';
import type { ResourceCall } from '../resource-call.ts';
import { keyFor, objectOf } from '../served-resource.ts';
import { formOf } from './read.ts';
import { writingOf } from './write.ts';

export async function deleteOne(call: ResourceCall): Promise<ApiResponse> {
  const { core, served, namespace, info, request } = call;
  const form = formOf(call);
  const options = await readDeleteOptions(request);
  const writing = writingOf(call, { ...ownOptions, dryRun: options.dryRun });
  await admitDelete(writing, core.store.get(keyFor(served, namespace, info.name)));
  const deleted = await deleteObject(core, served, namespace, info.name, options);
  if ('status' in deleted) return respondStatus(deleted.status);
  const status = deleted.waits && options.dependentsGo ? 202 : 200;
  return respondText(status, renderObjectAs(served, deleted.text, form), form.representation);
}

async function admitDelete(writing: Writing, entry: Entry | undefined): Promise<void> {
  const { core, served } = writing;
  if (entry === undefined || !core.admission.concerns(writing)) return;
  await core.admission.validate(writing, undefined, objectOf(served, entry));
}

/** Deletes what the selectors show and answers with the list of it, as it stood before. */
export async function deleteCollection(call: ResourceCall): Promise<ApiResponse> {
  const { core, served, namespace, request } = call;
  const form = formOf(call);
  const options = await readDeleteOptions(request);
  const listed = listEntries(core, served, namespace, parseListOptions(request.query, false));
  const writing = writingOf(call, { ...ownOptions, dryRun: options.dryRun });
  for (const entry of listed.entries) await admitDelete(writing, entry);
  if (!options.dryRun) await deleteEntries({ core, served }, listed.entries, options);
  return respondText(200, renderListAs(served, listed, form), form.representation);
}
