import { isJsonObject } from '@croft/foundation/json';
import { readKey, setKey } from '@croft/foundation/json-keys';

/** RFC 7386. The inputs stay as they are; the result shares with them what did not change. */
export function applyMergePatch<T>(target: T, patch: unknown): T {
  return merge(target, patch) as T;
}

function merge(target: unknown, patch: unknown): unknown {
  if (!isJsonObject(patch)) return target === patch ? target : patch;
  const base: object = isJsonObject(target) ? target : {};
  let result = base;
  for (const key of Object.keys(patch)) {
    const wanted = readKey(patch, key);
    const before = readKey(base, key);
    const after = wanted === null ? undefined : merge(before, wanted);
    if (after === before) continue;
    if (result === base) result = { ...base };
    if (after === undefined) delete (result as Record<string, unknown>)[key];
    else setKey(result, key, after);
  }
  return isJsonObject(target) ? result : result === base ? {} : result;
}
