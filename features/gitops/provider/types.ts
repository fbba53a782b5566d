import { defineKind } from '@croft/api/kind';
import type { KubeObject } from '@croft/api/object';
import type { Duration, LocalReference } from '../types.ts';

export interface ProviderSpec {
  type: string;
  /** Where in the other system: a channel, a room, the receivers of a mail. */
  channel?: string;
  /** Under which name it is told; the sender of a mail. */
  username?: string;
  address?: string;
  /** For one try. */
  timeout?: Duration;
  /** The older way to name a proxy. */
  proxy?: string;
  /** A Secret with `address`, `username` and `password`. */
  proxySecretRef?: LocalReference;
  /** A Secret with `address`, `token`, `username`, `password`, `headers` (YAML), `proxy`. */
  secretRef?: LocalReference;
  /** A Secret with `ca.crt`, `tls.crt` and `tls.key`. */
  certSecretRef?: LocalReference;
  suspend?: boolean;
}

export interface Provider extends KubeObject {
  spec?: ProviderSpec;
}

export const providers = defineKind<Provider>('notification.toolkit.fluxcd.io/v1beta3', 'Provider', 'providers');
