import type { ControllerContext } from '@croft/controller/controller';
import { createEventRecorder, type EventRecorder } from '@croft/controller/events';
import { createWriter } from '@croft/controller/writer';
import type { WorkloadContext } from './context.ts';

/** The context of the controllers, with one recorder of events for each component. */
export function createWorkloadContext(context: ControllerContext): WorkloadContext {
  const recorders = new Map<string, EventRecorder>();
  return {
    ...context,
    writer: createWriter(context),
    eventsOf: (component) => {
      const recorder = recorders.get(component) ?? createEventRecorder({ ...context, component });
      recorders.set(component, recorder);
      return recorder;
    },
  };
}
