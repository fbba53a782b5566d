import type { Entry } from '@croft/store/contract';
import type { ServedResource } from './served-resource.ts';

/** All who watch get an event at once, and many begin at once: after that its bytes would only take room. */
const keptMs = 1_000;

type OfEntries = WeakMap<Entry, Map<string, Uint8Array>>;

let kept = new WeakMap<ServedResource, OfEntries>();
let cleaning: NodeJS.Timeout | undefined;

/** The bytes of an event of an entry, made once for all who watch in the same form. `form` also names the type of the event. */
export function eventBytes(served: ServedResource, entry: Entry, form: string, make: () => Uint8Array): Uint8Array {
  cleaning ??= setTimeout(() => {
    cleaning = undefined;
    kept = new WeakMap();
  }, keptMs).unref();
  let entries = kept.get(served);
  if (entries === undefined) kept.set(served, (entries = new WeakMap()));
  let forms = entries.get(entry);
  if (forms === undefined) entries.set(entry, (forms = new Map()));
  let bytes = forms.get(form);
  if (bytes === undefined) forms.set(form, (bytes = make()));
  return bytes;
}
