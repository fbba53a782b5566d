import { ingresses } from '@croft/api/kinds';
import { keyOf, type Stored } from '@croft/api/object';
import { isConflict, isNotFound } from '@croft/api/status';
import type { Ingress } from '@croft/api/types';
import type { Client } from '@croft/client/client';
import { jsonEqual } from '@croft/foundation/json';

/** Says in the status where the Ingress is reached, as every ingress controller does. */
export async function writeAddress(client: Client, ingress: Stored<Ingress>, address: string): Promise<void> {
  const loadBalancer = { ingress: [{ ip: address }] };
  if (jsonEqual(ingress.status?.loadBalancer, loadBalancer)) return;
  try {
    await client.patch(ingresses, keyOf(ingress), { status: { loadBalancer } }, { subresource: 'status' });
  } catch (error) {
    if (!isNotFound(error) && !isConflict(error)) throw error; // it was deleted meanwhile, or the watch brings a newer one
  }
}
