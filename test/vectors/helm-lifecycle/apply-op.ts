import type { Kind } from '@croft/api/kind';
import { secrets } from '@croft/api/kinds';
import type { UnknownObject } from '@croft/api/object';
import type { Client } from '@croft/client/client';
import type { JsonObject } from '@croft/foundation/json';
import { readPayload, writePayload } from './payload.ts';
import type { Op } from './scenario.ts';
import { outOfBand, readKinds } from './world.ts';

/** Does what someone else does to the objects. */
export async function applyOp(client: Client, op: Op): Promise<void> {
  try {
    await act(client, op);
  } catch (error) {
    if (op.mayFail !== true) throw error;
  }
}

/** The kind of that name; there is one at most in the scenarios. */
export async function findKind(client: Client, name: string): Promise<Kind> {
  const kind = (await readKinds(client)).find((one) => one.kind === name);
  if (kind === undefined) throw new Error(`the API serves no ${name}`);
  return kind;
}

async function act(client: Client, op: Op): Promise<void> {
  const kind = await findKind(client, op.kind);
  const body = (op.body ?? {}) as UnknownObject;
  const namespace = op.namespace ?? body.metadata?.namespace ?? 'vec';
  const place = kind.namespaced ? { namespace } : {};
  const key = { ...place, name: op.name ?? body.metadata?.name ?? '' };
  const options = { fieldManager: op.manager ?? outOfBand };
  switch (op.op) {
    case 'create':
      return void (await client.create(kind, { ...body, metadata: { ...body.metadata, ...place } }, options));
    case 'merge':
    case 'strategic':
    case 'json':
      return void (await client.patch(kind, key, op.body, { ...options, type: op.op }));
    case 'status':
      return void (await client.patch(kind, key, op.body, { ...options, subresource: 'status' }));
    case 'apply': {
      const object = { ...body, metadata: { ...body.metadata, ...place } };
      return void (await client.apply(kind, object, { ...options, force: op.force === true }));
    }
    case 'delete':
      return await client.remove(kind, key, { propagationPolicy: 'Background' });
    case 'releaseStatus':
      return await setReleaseStatus(client, key, op.status ?? '');
  }
}

async function setReleaseStatus(
  client: Client,
  key: { namespace?: string; name: string },
  status: string,
): Promise<void> {
  const secret = await client.get(secrets, key);
  const payload = readPayload(secret);
  const release = writePayload({ ...payload, info: { ...(payload.info as JsonObject), status } });
  const labels = { ...secret.metadata.labels, status };
  await client.replace(secrets, { ...secret, metadata: { ...secret.metadata, labels }, data: { release } });
}
