import { type FSWatcher, statSync, watch } from 'node:fs';
import { dirname, join } from 'node:path';

/** Follows repositories on this machine's disk, so that a push is noticed at once. */
export interface LocalPushes extends Disposable {
  /** From now on `onPush(id)` is called when the reference (`refs/heads/main`) of the repository in `dir` may have changed. */
  follow(id: string, dir: string, ref: string): void;
  unfollow(id: string): void;
}

export function followLocalPushes(onPush: (id: string) => void): LocalPushes {
  const followed = new Map<string, { folder: string; watchers: FSWatcher[] }>();

  function unfollow(id: string): void {
    for (const watcher of followed.get(id)?.watchers ?? []) watcher.close();
    followed.delete(id);
  }

  return {
    follow: (id, dir, ref) => {
      const gitDir = isFolder(join(dir, '.git')) ? join(dir, '.git') : dir;
      // A reference is one file, replaced at each push; its folder is watched, as watching the file would end with it.
      const folder = dirname(join(gitDir, ref));
      if (followed.get(id)?.folder === folder) return;
      unfollow(id);
      if (!isFolder(folder)) return; // no such repository or branch yet: the next reconcile tries again
      const tell = () => onPush(id);
      const watchers = [
        watch(folder, { persistent: false }, tell),
        watch(gitDir, { persistent: false }, (_event, file) => file === 'packed-refs' && tell()),
      ];
      for (const watcher of watchers) watcher.on('error', () => unfollow(id));
      followed.set(id, { folder, watchers });
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
