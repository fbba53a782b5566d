import { ingressClasses } from '@croft/api/kinds';
import { isAlreadyExists } from '@croft/api/status';
import type { Ingress, IngressClass } from '@croft/api/types';
import type { Client } from '@croft/client/client';

/** What an IngressClass names as its controller to be served by the front door. */
export const frontDoorController = 'croft.local/front-door';
const className = 'croft';
const olderAnnotation = 'kubernetes.io/ingress.class';

/** Makes the default class `croft` when there is none of that name. */
export async function ensureIngressClass(client: Client): Promise<void> {
  if ((await client.find(ingressClasses, { name: className })) !== undefined) return;
  const annotations = { 'ingressclass.kubernetes.io/is-default-class': 'true' };
  try {
    await client.create(ingressClasses, {
      metadata: { name: className, annotations },
      spec: { controller: frontDoorController },
    });
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
}

/** The Ingresses that the front door serves: those of one of its classes, and those that name none. */
export function selectServed<T extends Ingress>(ingresses: readonly T[], classes: readonly IngressClass[]): T[] {
  const ours = new Set([className]);
  for (const { metadata, spec } of classes) {
    if (spec?.controller === frontDoorController) ours.add(metadata?.name ?? '');
  }
  return ingresses.filter(({ metadata, spec }) => {
    const name = spec?.ingressClassName ?? metadata?.annotations?.[olderAnnotation];
    return metadata?.deletionTimestamp === undefined && (name === undefined || ours.has(name));
  });
}
