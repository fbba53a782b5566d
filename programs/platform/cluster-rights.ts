import type { Kind } from '@croft/api/kind';
import { customResourceDefinitions, namespaces } from '@croft/api/kinds';
import type { KubeObject } from '@croft/api/object';
import { isAlreadyExists, isForbidden } from '@croft/api/status';
import type { Client } from '@croft/client/client';
import { errorMessage } from '@croft/foundation/errors';
import { gitopsDefinitions } from '@croft/gitops/definitions';
import { awaitedOf, type WaitContext, waitForObjects } from '@croft/release/wait';

/** Makes a namespace that is not there. One that may not be looked at is taken to be there. */
export async function ensureNamespace(client: Client, name: string): Promise<void> {
  const isThere = async () => (await client.find(namespaces, { name })) !== undefined;
  if (!(await ifAllowed(isThere, true))) await createOnce(client, namespaces, { metadata: { name } });
}

/** What the work gives, or something else where this process has not the right to do it. */
export async function ifAllowed<T, U>(
  work: () => Promise<T>,
  otherwise: U,
  refused?: (why: string) => void,
): Promise<T | U> {
  try {
    return await work();
  } catch (error) {
    if (!isForbidden(error)) throw error;
    refused?.(errorMessage(error));
    return otherwise;
  }
}

/** Of several processes that find a thing missing one makes it. */
async function createOnce<T extends KubeObject>(client: Client, kind: Kind<T>, object: T): Promise<void> {
  try {
    await client.create(kind, object);
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
}

/**
 * Makes the kinds that the cluster lacks. Those that are there stay as they are: they may be Flux's own. Gives whether
 * this process may look at the kinds at all.
 */
export async function ensureDefinitions(context: WaitContext): Promise<boolean> {
  const { client, log } = context;
  const items = await ifAllowed(
    async () => (await client.list(customResourceDefinitions)).items,
    undefined,
    (error) => log.warn('the kinds cannot be looked for, nor made: see that they are there', { error }),
  );
  if (items === undefined) return false;
  const present = new Set(items.map(({ metadata }) => metadata.name));
  const missing = gitopsDefinitions.filter(({ metadata }) => !present.has(metadata?.name ?? ''));
  for (const definition of missing) await createOnce(client, customResourceDefinitions, definition);
  const awaited = missing.map((definition) => awaitedOf(customResourceDefinitions, definition));
  await waitForObjects(context, awaited, { timeoutMs: 30_000 });
  return true;
}
