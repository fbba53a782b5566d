import type { Stored } from '@croft/api/object';
import type { Ingress } from '@croft/api/types';
import { createEventRecorder, type EventRecorder } from '@croft/controller/events';
import type { SiteCertificates } from '../certificates/site-certificates.ts';
import { adminSocketPath, applyCaddyConfig, caddyLogPath } from '../ingress/caddy.ts';
import { writeAddress } from '../ingress/ingress-status.ts';
import { type FrontDoorOptions, renderCaddyConfig } from '../ingress/render-caddy-config.ts';
import type { IngressWarning } from '../ingress/warnings.ts';
import { defaultClusterDomain, type NetworkOptions } from './network-options.ts';
import { findNodeAddress } from './node-address.ts';
import { type Observed, servedIngresses } from './observed.ts';

/** Gives a function that has the front door serve all Ingresses, and tells each of its address and its warnings. */
export function createFrontDoor(
  options: NetworkOptions,
  observed: Observed,
  certificates: SiteCertificates,
): (signal: AbortSignal) => Promise<void> {
  const { client, clock, log, runDir, httpPort, httpsPort, domain } = options;
  const door: FrontDoorOptions = {
    httpPort,
    httpsPort,
    domain,
    clusterDomain: options.clusterDomain ?? defaultClusterDomain,
    dnsServer: `${options.dnsAddress}:53`,
    adminSocket: adminSocketPath(runDir),
    logPath: caddyLogPath(runDir),
  };
  const probeHost = domain.includes('.') ? `front-door.${domain}` : domain;
  const tell = createTelling(createEventRecorder({ client, component: 'croft-front-door', clock, log }));
  return async (signal) => {
    const ingresses = servedIngresses(observed);
    const objects = { ingresses, services: observed.services.list(), slices: observed.slices.list() };
    const findSecret = (namespace: string, name: string) => observed.secrets.get({ namespace, name });
    const signed = await certificates.ensure(hostsOf(ingresses));
    const { config, warnings } = renderCaddyConfig({ ...objects, findSecret, signed }, door);
    tell(ingresses, warnings);
    await applyCaddyConfig(config, { runDir, httpPort, httpsPort, clock, signal, probeHost });
    const address = options.nodeAddress ?? findNodeAddress(options.bridge);
    for (const ingress of ingresses) await writeAddress(client, ingress, address);
  };
}

function hostsOf(ingresses: readonly Ingress[]): string[] {
  return ingresses.flatMap(({ spec }) => (spec?.rules ?? []).flatMap(({ host }) => host ?? []));
}

/** Tells each warning once, and again when it comes back. */
function createTelling(events: EventRecorder) {
  let told = new Set<string>();
  return (ingresses: readonly Stored<Ingress>[], warnings: ReadonlyMap<string, readonly IngressWarning[]>) => {
    const now = new Set<string>();
    for (const ingress of ingresses) {
      const { namespace, name, uid } = ingress.metadata;
      for (const { reason, message } of warnings.get(`${namespace}/${name}`) ?? []) {
        const id = `${uid} ${reason} ${message}`;
        now.add(id);
        if (!told.has(id)) events.record(ingress, 'Warning', reason, message);
      }
    }
    told = now;
  };
}
