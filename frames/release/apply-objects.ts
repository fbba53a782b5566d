import { type KubeObject, keyOf } from '@croft/api/object';
import { StatusError } from '@croft/api/status';
import type { Client } from '@croft/client/client';
import { errorMessage } from '@croft/foundation/errors';
import { identify, type ResolvedObject } from './objects.ts';

const fieldManager = 'helm';
const keepPolicy = 'helm.sh/resource-policy';

/** Server-side apply of the objects in order, taking over fields of other managers. Throws at the first that is refused. */
export async function applyObjects(client: Client, objects: readonly ResolvedObject[]): Promise<void> {
  for (const { kind, object } of objects) {
    try {
      await client.apply<KubeObject>(kind, object, { force: true, fieldManager });
    } catch (error) {
      const { name, namespace } = keyOf(object);
      const where = namespace === undefined ? '' : ` in namespace ${namespace}`;
      throw new Error(`cannot apply ${kind.kind} "${name}"${where}: ${errorMessage(error)}`, { cause: error });
    }
  }
}

/** Deletes the objects in the order given, but for those whose annotation says to keep them. Gives what was kept. */
export async function deleteObjects(
  client: Client,
  objects: readonly ResolvedObject[],
  propagationPolicy: 'Background' | 'Foreground' = 'Background',
) {
  const deleted: ResolvedObject[] = [];
  const failures: string[] = [];
  for (const resolved of objects) {
    const { kind, object } = resolved;
    if (await isKept(client, resolved)) continue;
    try {
      await client.remove(kind, keyOf(object), { propagationPolicy });
      deleted.push(resolved);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      failures.push(errorMessage(error));
    }
  }
  return { deleted, failures };
}

async function isKept(client: Client, { kind, object }: ResolvedObject): Promise<boolean> {
  const isKeep = ({ metadata }: KubeObject) => metadata?.annotations?.[keepPolicy]?.trim().toLowerCase() === 'keep';
  if (isKeep(object)) return true;
  const present = await client.find(kind, keyOf(object));
  return present !== undefined && isKeep(present);
}

/** What the old release has and the new one has not. */
export function removedObjects(before: readonly ResolvedObject[], after: readonly ResolvedObject[]): ResolvedObject[] {
  const present = new Set(after.map(identify));
  return before.filter((resolved) => !present.has(identify(resolved)));
}
