import { secrets } from '@croft/api/kinds';
import { formatKey } from '@croft/api/object';
import type { Client } from '@croft/client/client';
import { ReasonedError } from '@croft/controller/outcome';
import type { ReceiverSpec } from './types.ts';

/** What a Receiver shares with its senders. Throws ReasonedError when there is no such Secret, or no token in it. */
export async function readToken(
  client: Client,
  namespace: string | undefined,
  { secretRef }: ReceiverSpec,
): Promise<string> {
  const key = { namespace, name: secretRef?.name ?? '' };
  const secret = await client.find(secrets, key);
  if (secret === undefined)
    throw new ReasonedError('TokenNotFound', `the Secret ${formatKey(key)} named in secretRef does not exist`);
  const token = secret.data?.token ?? '';
  if (token === '') throw new ReasonedError('TokenNotFound', `the Secret ${formatKey(key)} has no key token: add one`);
  return Buffer.from(token, 'base64').toString('utf8');
}
