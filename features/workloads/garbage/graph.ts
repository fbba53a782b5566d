import type { Kind } from '@croft/api/kind';
import type { KubeObject, OwnerReference, Stored } from '@croft/api/object';

export interface Node {
  readonly kind: Kind;
  readonly object: Stored<KubeObject>;
}

/** Who owns whom, by uid, of all objects that are known. */
export class OwnerGraph {
  readonly #nodes = new Map<string, Node>();
  readonly #dependents = new Map<string, Set<string>>();

  find(uid: string): Node | undefined {
    return this.#nodes.get(uid);
  }

  all(): Iterable<Node> {
    return this.#nodes.values();
  }

  put(node: Node): void {
    const { uid } = node.object.metadata;
    this.#unlink(uid);
    this.#nodes.set(uid, node);
    for (const owner of ownersOf(node)) {
      const dependents = this.#dependents.get(owner.uid) ?? new Set();
      this.#dependents.set(owner.uid, dependents.add(uid));
    }
  }

  drop(uid: string): void {
    this.#unlink(uid);
    this.#nodes.delete(uid);
  }

  dependentsOf(uid: string): Node[] {
    return [...(this.#dependents.get(uid) ?? [])].flatMap((dependent) => this.#nodes.get(dependent) ?? []);
  }

  #unlink(uid: string): void {
    const known = this.#nodes.get(uid);
    if (known === undefined) return;
    for (const owner of ownersOf(known)) {
      const dependents = this.#dependents.get(owner.uid);
      dependents?.delete(uid);
      if (dependents?.size === 0) this.#dependents.delete(owner.uid);
    }
  }
}

export function ownersOf({ object }: Node): OwnerReference[] {
  return (object.metadata.ownerReferences ?? []) as OwnerReference[];
}

export function isDeleting({ object }: Node): boolean {
  return object.metadata.deletionTimestamp !== undefined;
}

export function hasFinalizer({ object }: Node, finalizer: string): boolean {
  return object.metadata.finalizers?.includes(finalizer) === true;
}

/** Being deleted, and waiting until what depends on it has gone. */
export function awaitsDependents(node: Node): boolean {
  return isDeleting(node) && hasFinalizer(node, 'foregroundDeletion');
}
