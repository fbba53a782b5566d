import { findEntries, type Value } from '@croft/gotemplate/value';
import { isEmpty, isMapValue } from './cast.ts';

/**
 * Merges `source` into `target` as mergo does: what the target has and is not empty stays, or gives way with `overwrite`;
 * maps are merged, lists are not. The target takes maps of the source as they are, without copying.
 */
export function mergeMaps(target: Map<string, Value>, source: Map<string, Value>, overwrite: boolean): void {
  for (const [key, value] of source) {
    const existing = target.get(key);
    if (value === null) {
      if (overwrite) target.set(key, null);
      continue;
    }
    if (isMapValue(value) && existing !== undefined && isMapValue(existing)) {
      mergeMaps(findEntries(existing) ?? new Map(), findEntries(value) ?? new Map(), overwrite);
      if (!isEmpty(existing)) continue;
    }
    if (existing === undefined || isEmpty(existing)) {
      target.set(key, value);
    } else if (overwrite) {
      target.set(key, value);
    }
  }
}
