import type { Kind } from '@croft/api/kind';
import { type KubeObject, keyOf, type Stored } from '@croft/api/object';
import type { Client } from '@croft/client/client';

/** Adds a finalizer unless it is there; gives the object as it then stands. */
export async function addFinalizer<T extends KubeObject>(
  client: Client,
  kind: Kind<T>,
  object: Stored<T>,
  finalizer: string,
): Promise<Stored<T>> {
  const present = object.metadata.finalizers ?? [];
  if (present.includes(finalizer)) return object;
  return await writeFinalizers(client, kind, object, [...present, finalizer]);
}

/** Takes a finalizer away; an object that is being deleted then goes, once no other is left. */
export async function removeFinalizer<T extends KubeObject>(
  client: Client,
  kind: Kind<T>,
  object: Stored<T>,
  finalizer: string,
): Promise<void> {
  const present = object.metadata.finalizers ?? [];
  if (!present.includes(finalizer)) return;
  await writeFinalizers(
    client,
    kind,
    object,
    present.filter((name) => name !== finalizer),
  );
}

async function writeFinalizers<T extends KubeObject>(
  client: Client,
  kind: Kind<T>,
  object: Stored<T>,
  finalizers: string[],
): Promise<Stored<T>> {
  const { resourceVersion } = object.metadata;
  return await client.patch(kind, keyOf(object), { metadata: { resourceVersion, finalizers } });
}
