import { mkdirSync, watch } from 'node:fs';

const containerId = /^[0-9a-f]{64}$/;

/**
 * Tells of each container that ends, by the file that its monitor leaves in this folder. Podman's own stream of events
 * may hold back the last one, and ends with the service; this does neither.
 */
export function watchExits(folder: string, listener: (containerId: string) => void): Disposable {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const watcher = watch(folder, { persistent: false }, (_, name) => {
    if (name !== null && containerId.test(name)) listener(name);
  });
  return { [Symbol.dispose]: () => watcher.close() };
}
