import type { ControllerContext } from '@croft/controller/controller';
import { startDeployments } from './deployment/controller.ts';
import { startReplicaSets } from './replica-set/controller.ts';
import { createWorkloadContext } from './start-context.ts';

export interface WorkloadsOptions extends ControllerContext {
  /** Where the data of claims is kept: one folder for each. */
  volumesDir: string;
  /** The node on which that folder lies. */
  nodeName: string;
}

/** Starts the controllers that turn workloads into Pods, on any Kubernetes API. */
export function startWorkloads(options: WorkloadsOptions): AsyncDisposable {
  const context = createWorkloadContext(options);
  const stack = new AsyncDisposableStack();
  stack.use(startDeployments(context));
  stack.use(startReplicaSets(context));
  return stack;
}
