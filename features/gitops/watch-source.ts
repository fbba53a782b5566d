import { formatKey, type ObjectKey } from '@croft/api/object';
import type { ControllerContext } from '@croft/controller/controller';
import { onSourceChange, refersTo } from './source.ts';
import type { SourceReference } from './types.ts';

export interface WatchSourceOptions {
  reference: SourceReference;
  from: ObjectKey;
  /** Aborts the signal, too. */
  signal: AbortSignal;
}

/** A signal that aborts when the source has another artifact, so that a wait for the old one ends. */
export function watchSource(
  { informers }: ControllerContext,
  { reference, from, signal }: WatchSourceOptions,
): Disposable & { signal: AbortSignal } {
  const newer = new AbortController();
  let settled = false;
  const trigger = onSourceChange((source) => (refersTo(reference, from, source) ? [from] : []), [reference.kind]);
  const subscription = trigger.subscribe(informers, () => {
    if (settled) newer.abort(new Error(`${reference.kind}/${formatKey(from)} has a newer artifact`));
  });
  settled = true; // what was told until here is what is there
  return { signal: AbortSignal.any([signal, newer.signal]), [Symbol.dispose]: () => subscription[Symbol.dispose]() };
}
