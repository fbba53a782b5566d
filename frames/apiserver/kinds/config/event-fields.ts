import type { KubeObject } from '@croft/api/object';

export interface Reference {
  kind?: string;
  namespace?: string;
  name?: string;
  fieldPath?: string;
  apiVersion?: string;
  uid?: string;
  resourceVersion?: string;
}

export interface Event extends KubeObject {
  involvedObject?: Reference;
  reason?: string;
  message?: string;
  type?: string;
  count?: number;
  source?: { component?: string; host?: string };
  firstTimestamp?: string | null;
  lastTimestamp?: string | null;
  eventTime?: string | null;
  reportingComponent?: string;
  reportingInstance?: string;
  action?: string;
  series?: { count?: number; lastObservedTime?: string };
}
