import { annotationKeys } from '../resource/build-annotations.ts';
import { hashResource } from '../resource/name-hash.ts';
import { isFlagEnabled, nameOf, setName, storePreviousId } from '../resource/resource.ts';
import type { ResourceList } from '../resource/resource-list.ts';

/** Appends the hash of their data to the names of generated objects, so that those who use them notice a change. */
export function hashNames(list: ResourceList): void {
  for (const { node } of list.items) {
    if (!isFlagEnabled(node, annotationKeys.needsHash)) continue;
    const hash = hashResource(node);
    storePreviousId(node);
    setName(node, `${nameOf(node)}-${hash}`);
  }
}
