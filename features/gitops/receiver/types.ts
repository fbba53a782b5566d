import { defineKind } from '@croft/api/kind';
import type { KubeObject } from '@croft/api/object';
import type { ReconciledStatus } from '@croft/controller/reconcile-steps';
import type { Duration, LocalReference } from '../types.ts';

/** Objects that a rule is about: one by its name, or `*` for all of the kind (that carry the labels). */
export interface ObjectsReference {
  apiVersion?: string;
  kind: string;
  name: string;
  /** That of the object with the rule when left out. */
  namespace?: string;
  matchLabels?: Record<string, string>;
}

export interface ReceiverResource extends ObjectsReference {
  /** CEL that must be true besides the Receiver's own filter. */
  filter?: string;
}

export interface ReceiverSpec {
  type: string;
  interval?: Duration;
  /** Kinds of events that are taken; all when empty. */
  events?: string[];
  resources: ReceiverResource[];
  /** CEL on `req` (the body) and `res` (the object): only where it is true is a reconcile asked for. */
  resourceFilter?: string;
  /** A Secret with the key `token`. */
  secretRef?: LocalReference;
  suspend?: boolean;
}

export interface Receiver extends KubeObject {
  spec?: ReceiverSpec;
  status?: ReconciledStatus & { webhookPath?: string };
}

export const receivers = defineKind<Receiver>('notification.toolkit.fluxcd.io/v1', 'Receiver', 'receivers');
