import { type FSWatcher, statSync, watch } from 'node:fs';
import { join } from 'node:path';

/** Follows repositories on this machine's disk, so that a push is noticed at once. */
export interface LocalPushes extends Disposable {
  /** From now on `onPush(id)` is called when a branch of the repository in `dir` changes. Again: nothing changes. */
  follow(id: string, dir: string): void;
  unfollow(id: string): void;
}

export function followLocalPushes(onPush: (id: string) => void): LocalPushes {
  const followed = new Map<string, { dir: string; watchers: FSWatcher[] }>();

  function unfollow(id: string): void {
    for (const watcher of followed.get(id)?.watchers ?? []) watcher.close();
    followed.delete(id);
  }

  return {
    follow: (id, dir) => {
      if (followed.get(id)?.dir === dir) return;
      unfollow(id);
      const gitDir = isFolder(join(dir, '.git')) ? join(dir, '.git') : dir;
      const heads = join(gitDir, 'refs', 'heads');
      if (!isFolder(heads)) return; // no repository yet; the next reconcile tries again
      const tell = () => onPush(id);
      const watchers = [
        watch(heads, { recursive: true, persistent: false }, tell),
        watch(gitDir, { persistent: false }, (_event, file) => file === 'packed-refs' && tell()),
      ];
      for (const watcher of watchers) watcher.on('error', () => unfollow(id));
      followed.set(id, { dir, watchers });
    },
    unfollow,
    [Symbol.dispose]: () => {
      for (const id of [...followed.keys()]) unfollow(id);
    },
  };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
