import type { UnknownObject } from '@croft/api/object';
import type { Status } from '@croft/api/status';
import { type Change, CompactedError, type Entry } from '@croft/store/contract';
import type { Core } from './core.ts';
import { eventBytes } from './event-bytes.ts';
import { expired, tooLargeRevision } from './failures.ts';
import type { Representation } from './negotiate.ts';
import { type ListOptions, parseRevision } from './options.ts';
import { renderProtobufEvent } from './protobuf/answer.ts';
import { protobufType } from './protobuf/body.ts';
import type { ApiResponse, Sink } from './request.ts';
import { parseSelection, type Selection } from './selection.ts';
import { rangePrefix, renderObject, type ServedResource } from './served-resource.ts';
import { type IncludeObject, partialObject, renderTable } from './table.ts';
import { renderEvent } from './watch-events.ts';

const minute = 60_000;
/** How long before the end of a watch its last bookmark comes. */
const bookmarkLeadMs = 2_000;

interface WatchForm {
  readonly representation: Representation;
  readonly include: IncludeObject;
}

/** A stream of changes of a collection, one JSON object a line. */
export function watchCollection(
  core: Core,
  served: ServedResource,
  namespace: string,
  options: ListOptions,
  form: WatchForm,
): ApiResponse {
  const selection = parseSelection(served, options.labelSelector, options.fieldSelector);
  const from = parseRevision(options.resourceVersion) ?? 0;
  return {
    status: 200,
    headers: { 'content-type': isProtobuf(form) ? `${protobufType};stream=watch` : 'application/json' },
    body: (sink) => new CollectionWatch({ core, served, namespace, options, form, selection, from }, sink).start(),
  };
}

interface WatchSetup {
  readonly core: Core;
  readonly served: ServedResource;
  readonly namespace: string;
  readonly options: ListOptions;
  readonly form: WatchForm;
  readonly selection: Selection | undefined;
  /** 0: begin with what stands. */
  readonly from: number;
}

/** One watch from its first event to its end. */
class CollectionWatch implements Disposable {
  readonly #setup: WatchSetup;
  readonly #sink: Sink;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #encode: EventEncoder;
  #source: Disposable | undefined;
  #ended = false;

  constructor(setup: WatchSetup, sink: Sink) {
    this.#setup = setup;
    this.#sink = sink;
    this.#encode = createEncoder(setup);
  }

  start(): this {
    const { core, options, from } = this.#setup;
    if (options.sendInitialEvents === true && from > core.store.revision) {
      this.#fail(tooLargeRevision(from, core.store.revision).status);
      return this;
    }
    const initial = from === 0 || options.sendInitialEvents === true;
    const revision = initial ? this.#sendInitial() : from;
    if (this.#isTooOld(revision)) {
      this.#fail(expired(`too old resource version: ${revision} (${core.store.revision})`).status);
      return this;
    }
    this.#follow(revision);
    this.#startTimers();
    return this;
  }

  [Symbol.dispose](): void {
    this.#ended = true;
    this.#source?.[Symbol.dispose]();
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #sendInitial(): number {
    const { core, served, namespace, options, selection } = this.#setup;
    const { entries, revision } = core.store.range(rangePrefix(served, namespace));
    const skip = options.sendInitialEvents === false;
    for (const entry of skip ? [] : entries) {
      if (selection === undefined || selection(entry)) this.#sink.write(this.#encode('ADDED', entry));
    }
    if (options.sendInitialEvents === true && options.allowWatchBookmarks) this.#bookmark(revision, true);
    return revision;
  }

  /** The objects of a CustomResourceDefinition have no history from before it. */
  #isTooOld(revision: number): boolean {
    const { core, served } = this.#setup;
    return revision < core.store.compactedRevision || revision < served.firstRevision;
  }

  #follow(revision: number): void {
    const { core, served, namespace } = this.#setup;
    this.#source = core.store.watch(rangePrefix(served, namespace), revision, {
      onChanges: (changes) => {
        for (const change of changes) this.#send(change);
      },
      onEnd: (error) => {
        if (error instanceof CompactedError) {
          this.#fail(expired(`too old resource version: ${revision} (${core.store.revision})`).status);
        } else this.#end();
      },
    });
  }

  #send(change: Change): void {
    const type = this.#typeOf(change);
    if (type === undefined || this.#ended) return;
    this.#sink.write(this.#encode(type, change.entry, change));
  }

  /** An object that comes into the selection is added, one that leaves it is deleted. */
  #typeOf({ type, entry, previous }: Change): 'ADDED' | 'MODIFIED' | 'DELETED' | undefined {
    const { selection } = this.#setup;
    if (selection === undefined) {
      if (type === 'delete') return 'DELETED';
      return previous === undefined ? 'ADDED' : 'MODIFIED';
    }
    const before = previous !== undefined && selection(previous);
    if (type === 'delete') return before ? 'DELETED' : undefined;
    const now = selection(entry);
    if (now) return before ? 'MODIFIED' : 'ADDED';
    return before ? 'DELETED' : undefined;
  }

  #startTimers(): void {
    const { core, options } = this.#setup;
    const lifeMs = options.timeoutSeconds > 0 ? options.timeoutSeconds * 1000 : (30 + Math.random() * 30) * minute;
    this.#timers.push(setTimeout(() => this.#end(), lifeMs));
    if (!options.allowWatchBookmarks) return;
    const bookmark = () => this.#bookmark(core.store.revision, false);
    this.#timers.push(setInterval(bookmark, minute));
    if (lifeMs > bookmarkLeadMs) this.#timers.push(setTimeout(bookmark, lifeMs - bookmarkLeadMs));
    for (const timer of this.#timers) timer.unref();
  }

  #bookmark(revision: number, endsInitial: boolean): void {
    const { served } = this.#setup;
    const metadata = {
      resourceVersion: String(revision),
      ...(endsInitial ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}),
    };
    const object: UnknownObject = { kind: served.resource.kind, apiVersion: served.apiVersion, metadata };
    this.#sink.write(renderIn(this.#setup.form, 'BOOKMARK', JSON.stringify(reshape(this.#setup, object))));
  }

  #fail(status: Status): void {
    this.#sink.write(renderIn(this.#setup.form, 'ERROR', JSON.stringify(status)));
    this.#end();
  }

  #end(): void {
    if (this.#ended) return;
    this[Symbol.dispose]();
    this.#sink.end();
  }
}

type EventType = 'ADDED' | 'MODIFIED' | 'DELETED';
type EventEncoder = (type: EventType, entry: Entry, change?: Change) => Uint8Array;

function createEncoder(setup: WatchSetup): EventEncoder {
  const { served, form } = setup;
  const { as, version = 'v1', media } = form.representation;
  if (as === 'Table') return tableEncoder(setup, version);
  const name = `${as ?? ''}/${version}/${isProtobuf(form) ? media : ''}`;
  return (type, entry, change) =>
    eventBytes(served, entry, `${name}/${type}`, () => {
      const text = eventText(served, type, entry, change);
      const shown = as === undefined ? text : JSON.stringify(reshape(setup, JSON.parse(text) as UnknownObject));
      return renderIn(form, type, shown);
    });
}

const isProtobuf = ({ representation }: WatchForm): boolean => representation.media === protobufType;

/** `object` is JSON. */
function renderIn(form: WatchForm, type: string, object: string): Uint8Array {
  return isProtobuf(form) ? renderProtobufEvent(type, JSON.parse(object) as UnknownObject) : renderEvent(type, object);
}

/** What left the selection is shown as it was before, with the revision that took it out. */
function eventText(served: ServedResource, type: EventType, entry: Entry, change: Change | undefined): string {
  if (type !== 'DELETED' || change?.type !== 'put' || change.previous === undefined) return served.textOf(entry);
  const object = JSON.parse(served.textOf(change.previous)) as UnknownObject;
  const metadata = { ...object.metadata, resourceVersion: String(entry.revision) };
  return renderObject({ ...object, metadata });
}

/** Tables are not shared: only the first of a watch has columns. */
function tableEncoder({ core, served, form }: WatchSetup, version: string): EventEncoder {
  let withColumns = true;
  return (type, entry, change) => {
    const object = JSON.parse(eventText(served, type, entry, change)) as UnknownObject;
    const metadata = { resourceVersion: object.metadata?.resourceVersion };
    const nowMs = core.clock.now();
    const table = renderTable(served.rules.table, [object], metadata, {
      version,
      include: form.include,
      nowMs,
      withColumns,
    });
    withColumns = false;
    return renderEvent(type, JSON.stringify(table));
  };
}

function reshape({ form }: WatchSetup, object: UnknownObject): unknown {
  const { as, version = 'v1' } = form.representation;
  return as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList' ? partialObject(object, version) : object;
}
