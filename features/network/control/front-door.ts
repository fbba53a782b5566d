import { formatKey, keyOf, type Stored } from '@croft/api/object';
import type { EndpointSlice, Ingress, Service } from '@croft/api/types';
import type { Client } from '@croft/client/client';
import type { EventRecorder } from '@croft/controller/events';
import { applyCaddyConfig, type CaddyOptions } from '../ingress/caddy.ts';
import { writeAddress } from '../ingress/ingress-status.ts';
import { type FrontDoorOptions, renderCaddyConfig } from '../ingress/render-caddy-config.ts';
import type { FindSecret } from '../ingress/tls.ts';
import type { IngressWarnings } from '../ingress/warnings.ts';

export interface FrontDoor {
  apply(objects: ServedObjects): Promise<void>;
}

export interface ServedObjects {
  ingresses: readonly Stored<Ingress>[];
  services: readonly Service[];
  slices: readonly EndpointSlice[];
  findSecret: FindSecret;
}

export interface FrontDoorContext {
  client: Client;
  events: EventRecorder;
  options: FrontDoorOptions;
  caddy: CaddyOptions;
  nodeAddress(): string;
}

export function createFrontDoor({ client, events, options, caddy, nodeAddress }: FrontDoorContext): FrontDoor {
  const told = new Map<string, string>();
  /** Each warning once, and again when it comes back. */
  const tell = (ingresses: readonly Stored<Ingress>[], warnings: IngressWarnings) => {
    const keys = new Set<string>();
    for (const ingress of ingresses) {
      const key = formatKey(keyOf(ingress));
      keys.add(key);
      const now = warnings.get(key) ?? [];
      const before = told.get(key) ?? '';
      for (const { reason, message } of now)
        if (!before.includes(message)) events.record(ingress, 'Warning', reason, message);
      told.set(key, now.map(({ message }) => message).join('\n'));
    }
    for (const key of told.keys()) if (!keys.has(key)) told.delete(key);
  };
  return {
    apply: async (objects) => {
      const { config, warnings } = renderCaddyConfig(objects, options);
      tell(objects.ingresses, warnings);
      await applyCaddyConfig(config, caddy);
      for (const ingress of objects.ingresses) await writeAddress(client, ingress, nodeAddress());
    },
  };
}
