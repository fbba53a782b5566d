import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@croft/client/client';
import { createInformers } from '@croft/client/informers';
import { systemClock } from '@croft/foundation/clock';
import { silentLog } from '@croft/foundation/log';
import { startWorkloads, workloadControllers } from '@croft/workloads/start-workloads';

type StartFullProfile = (fetch: (request: Request) => Promise<Response>) => Promise<AsyncDisposable>;

/** These serve claims from folders: the server of the vectors has no class of volumes. */
const notPartOfIt = new Set(['storage-class', 'local-provisioner', 'local-reclaimer']);

/** The controllers of profile `full`: those of Deployments, Jobs and the like, and garbage collection. */
export function findFullProfile(): Promise<StartFullProfile | undefined> {
  return Promise.resolve(startFullProfile);
}

function startFullProfile(fetch: (request: Request) => Promise<Response>): Promise<AsyncDisposable> {
  const stack = new AsyncDisposableStack();
  const context = { client: createClient(fetch), clock: systemClock, log: silentLog };
  const informers = stack.use(createInformers(context.client, context));
  const only = workloadControllers.filter((name) => !notPartOfIt.has(name));
  const volumesDir = join(tmpdir(), 'croft-vectors-no-volumes');
  stack.use(startWorkloads({ ...context, informers, volumesDir, nodeName: 'none', only }));
  return Promise.resolve(stack);
}
