import { endpointSlices, ingressClasses, ingresses, secrets, services } from '@croft/api/kinds';
import type { Stored } from '@croft/api/object';
import type { EndpointSlice, Ingress, IngressClass, Secret, Service } from '@croft/api/types';
import type { Informer } from '@croft/client/informer';
import type { Informers } from '@croft/client/informers';
import { selectServed } from '../ingress/ingress-class.ts';

/** All objects that the network follows from. */
export interface Observed {
  services: Informer<Service>;
  slices: Informer<EndpointSlice>;
  ingresses: Informer<Ingress>;
  classes: Informer<IngressClass>;
  secrets: Informer<Secret>;
}

/** Resolves once all of them are known. */
export async function observe(informers: Informers): Promise<Observed> {
  const observed: Observed = {
    services: informers.of(services),
    slices: informers.of(endpointSlices),
    ingresses: informers.of(ingresses),
    classes: informers.of(ingressClasses),
    secrets: informers.of(secrets, { labelSelector: 'owner!=helm' }), // without releases, which are many and large
  };
  await Promise.all(Object.values(observed).map(({ synced }) => synced));
  return observed;
}

export function servedIngresses({ ingresses, classes }: Observed): Stored<Ingress>[] {
  return selectServed(ingresses.list(), classes.list());
}

interface Changing {
  onChange(listener: () => void): Disposable;
}

/** Calls back once for what is there, and on every change of one of the kinds. */
export function onAnyChange(informers: readonly Changing[], changed: () => void): Disposable {
  const subscriptions = informers.map((informer) => informer.onChange(changed));
  changed();
  return {
    [Symbol.dispose]: () => {
      for (const subscription of subscriptions) subscription[Symbol.dispose]();
    },
  };
}
