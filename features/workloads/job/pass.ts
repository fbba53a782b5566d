import type { Stored } from '@croft/api/object';
import type { Job } from '@croft/api/types';
import type { EventRecorder } from '@croft/controller/events';
import type { WorkloadContext } from '../context.ts';
import type { Tally } from './count.ts';
import type { JobPods } from './pods.ts';

/** One look at a Job and its Pods. */
export interface JobPass {
  readonly context: WorkloadContext;
  readonly events: EventRecorder;
  readonly job: Stored<Job>;
  found: JobPods;
  readonly tally: Tally;
  /** What to tell once the status is written. */
  readonly news: { type: 'Normal' | 'Warning'; reason: string; message: string }[];
}
