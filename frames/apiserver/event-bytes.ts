import type { Entry } from '@croft/store/contract';
import type { ServedResource } from './served-resource.ts';

/** All who watch get an event at once, and many begin at once: after that its bytes would only take room. */
const keptMs = 1_000;

type OfEntries = WeakMap<Entry, Map<string, Uint8Array>>;

let kept: WeakMap<ServedResource, OfEntries> | undefined;

/** The bytes of an event of an entry, made once for all who watch in the same form, which also names the event's type. */
export function eventBytes(served: ServedResource, entry: Entry, form: string, make: () => Uint8Array): Uint8Array {
  const forms = formsOf(served, entry);
  const bytes = forms.get(form) ?? make();
  forms.set(form, bytes);
  return bytes;
}

function formsOf(served: ServedResource, entry: Entry): Map<string, Uint8Array> {
  if (kept === undefined) {
    kept = new WeakMap();
    setTimeout(() => {
      kept = undefined;
    }, keptMs).unref();
  }
  const entries: OfEntries = kept.get(served) ?? new WeakMap();
  kept.set(served, entries);
  const forms = entries.get(entry) ?? new Map<string, Uint8Array>();
  entries.set(entry, forms);
  return forms;
}
