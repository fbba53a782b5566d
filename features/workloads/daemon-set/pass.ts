import type { Stored } from '@croft/api/object';
import type { ControllerRevision, DaemonSet, Pod } from '@croft/api/types';
import type { EventRecorder } from '@croft/controller/events';
import type { WorkloadContext } from '../context.ts';

/** One look at a DaemonSet. */
export interface DaemonPass {
  readonly context: WorkloadContext;
  readonly events: EventRecorder;
  readonly set: Stored<DaemonSet>;
  readonly revision: Stored<ControllerRevision>;
  /** The nodes that should have a Pod. */
  readonly wanted: ReadonlySet<string>;
  /** Nodes on which a Pod that is there may stay. */
  readonly allowed: ReadonlySet<string>;
  claimed: Stored<Pod>[];
}
