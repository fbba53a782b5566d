import type { ControllerContext } from '@croft/controller/controller';
import { startClaims } from './claims/claim-controller.ts';
import { startLocalProvisioner } from './claims/local-provisioner.ts';
import { startLocalReclaimer } from './claims/local-reclaimer.ts';
import { startStorageClass } from './claims/storage-class.ts';
import { startVolumes } from './claims/volume-controller.ts';
import type { WorkloadContext } from './context.ts';
import { startCronJobs } from './cron-job/controller.ts';
import { startDaemonSets } from './daemon-set/controller.ts';
import { startDeployments } from './deployment/controller.ts';
import { startDisruptionBudgets } from './disruption/controller.ts';
import { startEndpoints } from './endpoints/endpoints.ts';
import { startEndpointMirror } from './endpoints/mirror.ts';
import { startEndpointSlices } from './endpoints/slices.ts';
import { startGarbageCollector } from './garbage/collector.ts';
import { startJobs } from './job/controller.ts';
import { startOrphanedPods } from './pods/orphaned-pods.ts';
import { startReplicaSets } from './replica-set/controller.ts';
import { startReplicationControllers } from './replica-set/replication-controllers.ts';
import { createWorkloadContext } from './start-context.ts';
import { startStatefulSets } from './stateful-set/controller.ts';

export interface WorkloadsOptions extends ControllerContext {
  /** Where the data of claims is kept: one folder for each. */
  volumesDir: string;
  /** The node on which that folder lies. */
  nodeName: string;
  /** Only these; all of them when left out. */
  only?: readonly WorkloadController[];
}

type Start = (context: WorkloadContext, options: WorkloadsOptions) => AsyncDisposable;

const controllers = {
  deployment: startDeployments,
  replicaset: startReplicaSets,
  replicationcontroller: startReplicationControllers,
  statefulset: startStatefulSets,
  daemonset: startDaemonSets,
  job: startJobs,
  cronjob: startCronJobs,
  endpoints: startEndpoints,
  endpointslice: startEndpointSlices,
  'endpointslice-mirror': startEndpointMirror,
  disruption: startDisruptionBudgets,
  'orphaned-pods': startOrphanedPods,
  'garbage-collector': startGarbageCollector,
  claim: startClaims,
  volume: startVolumes,
  'storage-class': startStorageClass,
  'local-provisioner': startLocalProvisioner,
  'local-reclaimer': startLocalReclaimer,
} satisfies Record<string, Start>;

export type WorkloadController = keyof typeof controllers;

export const workloadControllers = Object.keys(controllers) as readonly WorkloadController[];

/** Starts the controllers that turn workloads into Pods, on any Kubernetes API. */
export function startWorkloads(options: WorkloadsOptions): AsyncDisposable {
  const context = createWorkloadContext(options);
  const stack = new AsyncDisposableStack();
  for (const name of options.only ?? workloadControllers) stack.use(controllers[name](context, options));
  return stack;
}
