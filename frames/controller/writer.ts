import type { Kind } from '@croft/api/kind';
import { type KubeObject, keyOf, type Stored } from '@croft/api/object';
import { isConflict, isNotFound } from '@croft/api/status';
import type { Client, DeleteOptions, PatchOptions } from '@croft/client/client';
import type { Informers } from '@croft/client/informers';

/**
 * Writes of which the shared informers know at once. A reconcile that counts objects may therefore trust the informer
 * and never does twice what it has just done.
 */
export interface Writer {
  create<T extends KubeObject>(kind: Kind<T>, object: T): Promise<Stored<T>>;
  /** PUT at the revision that `object` has: throws Conflict when somebody wrote first. */
  replace<T extends KubeObject>(kind: Kind<T>, object: Stored<T>): Promise<Stored<T>>;
  /** Like replace, of the status alone. */
  replaceStatus<T extends KubeObject>(kind: Kind<T>, object: Stored<T>): Promise<Stored<T>>;
  /** A merge patch, unless the options say otherwise. Give resourceVersion inside where it must be the current one. */
  patch<T extends KubeObject>(
    kind: Kind<T>,
    object: Stored<T>,
    body: unknown,
    options?: PatchOptions,
  ): Promise<Stored<T>>;
  /** Deletes this very object; one that is gone already is fine. False when it was gone. */
  delete<T extends KubeObject>(kind: Kind<T>, object: Stored<T>, options?: DeleteOptions): Promise<boolean>;
}

export function createWriter({ client, informers }: { client: Client; informers: Informers }): Writer {
  const learn = <T extends KubeObject>(kind: Kind<T>, written: Stored<T>): Stored<T> => {
    informers.of(kind).learn(written);
    return written;
  };
  return {
    create: async (kind, object) => learn(kind, await client.create(kind, object)),
    replace: async (kind, object) => learn(kind, await client.replace(kind, object)),
    replaceStatus: async (kind, object) => learn(kind, await client.replace(kind, object, { subresource: 'status' })),
    patch: async (kind, object, body, options) => {
      const written = await client.patch(kind, keyOf(object), body, options);
      if (isGone(written)) informers.of(kind).forget(written);
      else learn(kind, written);
      return written;
    },
    delete: async (kind, object, options = {}) => {
      try {
        const left = await client.delete(kind, keyOf(object), { uid: object.metadata.uid, ...options });
        if (left === undefined) informers.of(kind).forget(object);
        else learn(kind, left);
        return true;
      } catch (error) {
        const replaced = isConflict(error) && options.resourceVersion === undefined; // another uid under this name
        if (!isNotFound(error) && !replaced) throw error;
        informers.of(kind).forget(object);
        return false;
      }
    },
  };
}

/** A write that takes the last finalizer of a deleted object away is also its end. */
function isGone({ metadata }: Stored<KubeObject>): boolean {
  return (
    metadata.deletionTimestamp !== undefined &&
    (metadata.finalizers ?? []).length === 0 &&
    (metadata.deletionGracePeriodSeconds ?? 0) === 0
  );
}
