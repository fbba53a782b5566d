import type { ServedResource } from './served-resource.ts';

/** All resources that are served now, by group, version and plural name. CustomResourceDefinitions come and go. */
export class ResourceTable {
  #builtIn: ServedResource[];
  readonly #custom = new Map<string, readonly ServedResource[]>();
  readonly #byPath = new Map<string, ServedResource>();
  readonly #stored = new Map<string, ServedResource>();
  /** Grows with each change, so that what was made from the table can be kept until then. */
  revision = 0;

  constructor(builtIn: readonly ServedResource[]) {
    this.#builtIn = [...builtIn];
    this.#rebuild();
  }

  find(group: string, version: string, plural: string): ServedResource | undefined {
    return this.#byPath.get(`${group}/${version}/${plural}`);
  }

  /** Throws when a resource that the server itself depends on is not served. */
  require(group: string, version: string, plural: string): ServedResource {
    const found = this.find(group, version, plural);
    if (found === undefined) throw new Error(`${plural} of ${group}/${version} are not served`);
    return found;
  }

  /** The version in which objects of `plural` or `plural.group` are kept. */
  findStored(qualified: string): ServedResource | undefined {
    return this.#stored.get(qualified);
  }

  hasVersion(group: string, version: string): boolean {
    return this.all().some(({ resource }) => resource.group === group && resource.version === version);
  }

  hasGroup(group: string): boolean {
    return this.all().some(({ resource }) => resource.group === group);
  }

  isBuiltInGroup(group: string): boolean {
    return this.#builtIn.some(({ resource }) => resource.group === group);
  }

  /** In the order of discovery. */
  all(): readonly ServedResource[] {
    return this.#all;
  }

  setCustom(definition: string, resources: readonly ServedResource[]): void {
    if (resources.length === 0) this.#custom.delete(definition);
    else this.#custom.set(definition, resources);
    this.#rebuild();
  }

  #all: readonly ServedResource[] = [];

  #rebuild(): void {
    this.#all = [...this.#builtIn, ...[...this.#custom.values()].flat()];
    this.#byPath.clear();
    this.#stored.clear();
    for (const served of this.#all) {
      const { group, version, plural, storedAs } = served.resource;
      this.#byPath.set(`${group}/${version}/${plural}`, served);
      const qualified = group === '' ? plural : `${plural}.${group}`;
      if (storedAs === undefined && !this.#stored.has(qualified)) this.#stored.set(qualified, served);
    }
    this.revision += 1;
  }
}
