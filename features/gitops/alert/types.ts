import { defineKind } from '@croft/api/kind';
import type { KubeObject } from '@croft/api/object';
import type { ObjectsReference } from '../receiver/types.ts';
import type { LocalReference } from '../types.ts';

export type Severity = 'info' | 'error';

export interface AlertSpec {
  providerRef: LocalReference;
  /** `error`: only what went wrong. */
  eventSeverity?: Severity;
  eventSources: ObjectsReference[];
  /** Regular expressions of RE2: of these a message must fit one, if there are any. */
  inclusionList?: string[];
  /** Of these it must fit none. */
  exclusionList?: string[];
  /** Told along with each event. */
  eventMetadata?: Record<string, string>;
  /** The older way to tell `eventMetadata.summary`. */
  summary?: string;
  suspend?: boolean;
}

export interface Alert extends KubeObject {
  spec?: AlertSpec;
}

export const alerts = defineKind<Alert>('notification.toolkit.fluxcd.io/v1beta3', 'Alert', 'alerts');

/** What happened, in the form that Flux's controllers send it (event.toolkit.fluxcd.io/v1beta1). */
export interface Notification {
  involvedObject: {
    apiVersion?: string;
    kind: string;
    namespace: string;
    name: string;
    uid?: string;
    resourceVersion?: string;
  };
  severity: Severity;
  /** RFC 3339. */
  timestamp: string;
  message: string;
  reason: string;
  metadata?: Record<string, string>;
  reportingController: string;
  reportingInstance?: string;
}
