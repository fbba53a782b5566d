import type { ControllerContext } from '@croft/controller/controller';
import type { EventRecorder } from '@croft/controller/events';
import type { Writer } from '@croft/controller/writer';

/** What every controller of workloads is given. */
export interface WorkloadContext extends ControllerContext {
  writer: Writer;
  /** Events under the name of a component, such as `replicaset-controller`. */
  eventsOf(component: string): EventRecorder;
}
