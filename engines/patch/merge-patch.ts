/** RFC 7386. The inputs stay as they are; the result shares with them what did not change. */
export function applyMergePatch<T>(_target: T, _patch: unknown): T {
  throw new Error('not built yet');
}
