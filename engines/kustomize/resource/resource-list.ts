import { currentId, isEmptyResource, previousIds, type Resource } from './resource.ts';
import { formatId, idKey, type ResourceId, sameId } from './resource-id.ts';

/** The objects of a build, in the order in which they were added. No two have the same id when they are added. */
export class ResourceList {
  items: Resource[] = [];
  #ids: Set<string> | undefined;

  constructor(items: readonly Resource[] = []) {
    this.append(items);
  }

  /** Throws when an id is there already. */
  append(added: readonly Resource[]): void {
    const known = this.#ids ?? this.#currentIds();
    for (const resource of added) {
      const id = currentId(resource.node);
      const key = idKey(id);
      if (known.has(key)) throw new Error(`may not add resource with an already registered id: ${formatId(id)}`);
      known.add(key);
      this.items.push(resource);
    }
  }

  /** Runs what only appends: ids are not looked for anew each time. */
  whileAppending(run: () => void): void {
    this.#ids = this.#currentIds();
    try {
      run();
    } finally {
      this.#ids = undefined;
    }
  }

  #currentIds(): Set<string> {
    return new Set(this.items.map((item) => idKey(currentId(item.node))));
  }

  /** Those of which an id, now or before, fits. */
  withAnyId(fits: (id: ResourceId) => boolean): Resource[] {
    return this.items.filter(
      (item) => !isEmptyResource(item) && (previousIds(item.node).some(fits) || fits(currentId(item.node))),
    );
  }

  withCurrentId(id: ResourceId): Resource[] {
    return this.items.filter((item) => sameId(id, currentId(item.node)));
  }

  /** The one that a patch of this id is for. Throws unless there is exactly one. */
  getForPatch(id: ResourceId): Resource {
    const found = this.withAnyId((other) => sameId(id, other));
    const [first] = found;
    if (found.length === 1 && first !== undefined) return first;
    const text = formatId(id);
    const problem = found.length === 0 ? 'no matches for Id' : 'multiple matches for Id';
    throw new Error(`${problem} ${text}; failed to find unique target for patch ${text}`);
  }

  dropEmpty(): void {
    this.items = this.items.filter((item) => !isEmptyResource(item));
  }
}
