import { secrets, serviceAccounts } from '@croft/api/kinds';
import { type Client, createClient } from '@croft/client/client';
import type { Fetch } from '@croft/client/fetch';
import { openKubeconfigClient } from '@croft/client/kubeconfig';
import { WaitingError } from '@croft/controller/outcome';
import { UserError } from '@croft/foundation/errors';
import type { KubeConfigReference } from '../types.ts';

/** Where objects are applied, and as whom. */
export interface Target {
  /** Of the object that says so: its Secrets and accounts are meant. */
  namespace: string;
  serviceAccountName?: string | undefined;
  kubeConfig?: KubeConfigReference | undefined;
}

const retryAfterMs = 30_000;

/**
 * A client for the target: this cluster's or that of the kubeconfig in a Secret, acting as the service account when one
 * is named. Dispose it after use. Throws WaitingError while the Secret is missing, UserError when it is of no use.
 */
export async function openTarget(client: Client, target: Target): Promise<Client & Disposable> {
  const { namespace, serviceAccountName, kubeConfig } = target;
  const remote = kubeConfig === undefined ? undefined : await openRemote(client, namespace, kubeConfig);
  const base = remote ?? client;
  const acting =
    serviceAccountName === undefined ? base : actAs(base, `system:serviceaccount:${namespace}:${serviceAccountName}`);
  return { ...acting, [Symbol.dispose]: () => remote?.[Symbol.dispose]() };
}

/** Whether the account that is to act is still there; one of another cluster is taken to be. */
export async function canAct(client: Client, { namespace, serviceAccountName, kubeConfig }: Target): Promise<boolean> {
  if (serviceAccountName === undefined || kubeConfig !== undefined) return true;
  return (await client.find(serviceAccounts, { namespace, name: serviceAccountName })) !== undefined;
}

async function openRemote(
  client: Client,
  namespace: string,
  { secretRef }: KubeConfigReference,
): Promise<Client & Disposable> {
  if (secretRef === undefined)
    throw new UserError('spec.kubeConfig.secretRef is missing: name a Secret that holds a kubeconfig file');
  const name = `the Secret ${namespace}/${secretRef.name} of spec.kubeConfig`;
  const secret = await client.find(secrets, { namespace, name: secretRef.name });
  if (secret === undefined) throw new WaitingError('ReconciliationFailed', `${name} does not exist`, retryAfterMs);
  const data = secret.data ?? {};
  const found = secretRef.key === undefined ? (data.value ?? data['value.yaml']) : data[secretRef.key];
  if (found === undefined)
    throw new WaitingError('ReconciliationFailed', `${name} has no key '${secretRef.key ?? 'value'}'`, retryAfterMs);
  return await openKubeconfigClient(Buffer.from(found, 'base64').toString('utf8'), { name });
}

function actAs(client: Client, user: string): Client {
  const fetch: Fetch = (request) => {
    request.headers.set('impersonate-user', user);
    return client.fetch(request);
  };
  return createClient(fetch, { origin: client.origin });
}
