import type { KubeObject, Stored } from '@croft/api/object';
import type { Client } from '@croft/client/client';
import type { Readiness } from './kstatus.ts';
import type { Awaited } from './wait.ts';

/** So many are asked for one by one; more are cheaper to watch. */
const mostAsked = 50;

/**
 * Whether all objects are ready now, by asking for each: mostly they are, and a watch of all objects of their kinds in the
 * namespace is not needed. False also when there are too many to ask for.
 */
export async function areAllReady(
  client: Client,
  awaited: readonly Awaited[],
  rule: (object: Stored<KubeObject> | undefined) => Readiness,
): Promise<boolean> {
  if (awaited.length > mostAsked) return false;
  for (const { kind, key } of awaited) {
    const object = await client.find<KubeObject>(kind, key);
    if (rule(object).status !== 'Current') return false;
  }
  return true;
}
