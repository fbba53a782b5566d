import { CompactedError, type Entry, FutureRevisionError } from '@croft/store/contract';
import { parseContinueToken, renderContinueToken } from './continue-token.ts';
import type { Core } from './core.ts';
import { badRequest, expired, internal, notFound, tooLargeRevision } from './failures.ts';
import { type ListOptions, parseRevision } from './options.ts';
import { parseSelection } from './selection.ts';
import { keyFor, rangePrefix, type ServedResource } from './served-resource.ts';

/** Throws NotFound. `resourceVersion` only says how old the answer may be; it is always the newest. */
export function getEntry(
  core: Core,
  served: ServedResource,
  namespace: string,
  name: string,
  resourceVersion = '',
): Entry {
  if (resourceVersion !== '' && !/^\d+$/.test(resourceVersion)) {
    const quoted = JSON.stringify(resourceVersion);
    throw internal(`resourceVersion: Invalid value: ${quoted}: strconv.ParseUint: parsing ${quoted}: invalid syntax`);
  }
  checkNotFuture(core, Number(resourceVersion));
  const entry = core.store.get(keyFor(served, namespace, name));
  if (entry === undefined) throw notFound(served.resource, name);
  return entry;
}

export interface Listed {
  readonly entries: readonly Entry[];
  readonly revision: number;
  /** Empty at the end of the list. */
  readonly continueToken: string;
  /** Known only where no selector hides some. */
  readonly remaining?: number;
}

/** One chunk of a collection, or all of it where there is no limit. Throws 400, 410 and 504 as Kubernetes does. */
export function listEntries(core: Core, served: ServedResource, namespace: string, options: ListOptions): Listed {
  const prefix = rangePrefix(served, namespace);
  const selection = parseSelection(served, options.labelSelector, options.fieldSelector);
  const limit = Math.max(options.limit, 0);
  const from = startOf(core, options);
  const range = { ...(from.revision === undefined ? {} : { revision: from.revision }) };
  let after = from.after === undefined ? undefined : prefix + from.after;
  try {
    if (limit === 0 || selection === undefined) {
      const page = core.store.range(prefix, {
        ...range,
        ...(limit === 0 ? {} : { limit }),
        ...(after === undefined ? {} : { after }),
      });
      const entries = selection === undefined ? page.entries : page.entries.filter(selection);
      return finish(entries, page.revision, page.remaining, prefix, selection === undefined);
    }
    const found: Entry[] = [];
    for (;;) {
      const page = core.store.range(prefix, { ...range, limit: limit * 4, ...(after === undefined ? {} : { after }) });
      for (const [index, entry] of page.entries.entries()) {
        if (!selection(entry)) continue;
        found.push(entry);
        if (found.length < limit) continue;
        const left = page.entries.length - index - 1 + page.remaining;
        return finish(found, page.revision, left, prefix, false);
      }
      if (page.remaining === 0) return finish(found, page.revision, 0, prefix, false);
      after = page.entries.at(-1)?.key;
    }
  } catch (error) {
    throw storeError(error, options);
  }
}

function finish(
  entries: readonly Entry[],
  revision: number,
  remaining: number,
  prefix: string,
  countable: boolean,
): Listed {
  const last = entries.at(-1);
  if (remaining === 0 || last === undefined) return { entries, revision, continueToken: '' };
  const continueToken = renderContinueToken({ revision, after: last.key.slice(prefix.length) });
  return { entries, revision, continueToken, ...(countable ? { remaining } : {}) };
}

function startOf(core: Core, options: ListOptions): { revision?: number; after?: string } {
  const { continueToken, resourceVersion, resourceVersionMatch: match, limit } = options;
  if (continueToken !== '') {
    if (resourceVersion !== '' && resourceVersion !== '0') {
      throw badRequest('specifying resource version is not allowed when using continue');
    }
    const { revision, after } = parseContinueToken(continueToken);
    return revision > 0 ? { revision, after } : { after };
  }
  const revision = parseRevision(resourceVersion);
  if (revision === undefined || revision === 0) return {};
  checkNotFuture(core, revision);
  return match === 'Exact' || (match === '' && limit > 0) ? { revision } : {};
}

function checkNotFuture(core: Core, revision: number): void {
  if (revision > core.store.revision) throw tooLargeRevision(revision, core.store.revision);
}

const compactedList =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.';

function storeError(error: unknown, { continueToken }: ListOptions): unknown {
  if (error instanceof CompactedError) {
    return expired(continueToken === '' ? 'The resourceVersion for the provided list is too old.' : compactedList);
  }
  if (error instanceof FutureRevisionError) return tooLargeRevision(error.revision, error.revision);
  return error;
}
