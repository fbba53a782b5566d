import type { Client } from '@croft/client/client';
import { errorMessage } from '@croft/foundation/errors';

/** Throws, in Helm's words, when the API does not answer. */
export async function requireReachable(client: Client, asHelm: 3 | 4 | undefined): Promise<void> {
  try {
    await client.getPath('/version');
  } catch (error) {
    const what = asHelm === 4 ? 'kubernetes cluster unreachable' : 'Kubernetes cluster unreachable';
    throw new Error(`${what}: ${errorMessage(error)}`, { cause: error });
  }
}
