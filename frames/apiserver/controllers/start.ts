import type { Change } from '@croft/store/contract';
import type { Core } from '../core.ts';
import { startQueue } from './queue.ts';

/** A controller inside the server: which changes concern it, and what it does for a key. */
export interface Controller {
  readonly name: string;
  /** Key prefixes to watch. */
  readonly prefixes: readonly string[];
  /** The keys to reconcile after a change. */
  keysOf(change: Change): readonly string[];
  reconcile(core: Core, key: string): Promise<void>;
}

/** Starts controllers on what stands and what changes from now on. */
export function startControllers(core: Core, controllers: readonly Controller[]): AsyncDisposable {
  const stack = new AsyncDisposableStack();
  for (const controller of controllers) {
    const queue = stack.use(startQueue(core, controller.name, (key) => controller.reconcile(core, key)));
    for (const prefix of controller.prefixes) {
      const { entries, revision } = core.store.range(prefix);
      for (const entry of entries) {
        for (const key of controller.keysOf({ type: 'put', entry, previous: undefined })) queue.add(key);
      }
      stack.use(
        core.store.watch(prefix, revision, {
          onChanges: (changes) => {
            for (const change of changes) for (const key of controller.keysOf(change)) queue.add(key);
          },
        }),
      );
    }
  }
  return stack;
}
