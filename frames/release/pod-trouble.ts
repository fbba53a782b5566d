import { events, pods } from '@croft/api/kinds';
import type { Stored } from '@croft/api/object';
import type { ContainerStatus, Pod } from '@croft/api/types';
import type { Client } from '@croft/client/client';
import type { ResolvedObject } from './objects.ts';
import { podsOf } from './pods-of.ts';

const mostWords = 500;

/** Why a container of the Pod does not run, such as `CrashLoopBackOff: back-off 10s ...`. Undefined when none waits. */
export function waitingReason(pod: Pod): string | undefined {
  for (const status of containersOf(pod)) {
    const waiting = status.state?.waiting;
    if (waiting?.reason === undefined || waiting.reason === 'PodInitializing' || waiting.reason === 'ContainerCreating')
      continue;
    const parts = [
      `container ${status.name}`,
      waiting.reason,
      waiting.message,
      describeEnd(status.lastState?.terminated),
    ];
    return parts.filter(Boolean).join(': ');
  }
  return undefined;
}

/** For each Pod of the workloads that is not well: its name and why, with how its containers ended. */
export async function explainPods(client: Client, workloads: readonly ResolvedObject[]): Promise<string[]> {
  const scopes = workloads.flatMap(({ object }) => (object.kind === 'Pod' ? [] : (podsOf(object)?.scope ?? [])));
  const lists = await Promise.all(scopes.map((scope) => client.list(pods, scope)));
  const all = lists.flatMap(({ items }) => items);
  const troubles = await Promise.all(all.map((pod) => explainPod(client, pod)));
  return all.flatMap(({ metadata }, index) => {
    const trouble = troubles[index];
    return trouble === undefined ? [] : [`Pod/${metadata.namespace}/${metadata.name}: ${trouble}`];
  });
}

async function explainPod(client: Client, pod: Stored<Pod>): Promise<string | undefined> {
  const said = waitingReason(pod) ?? endingReason(pod);
  if (said !== undefined) return said;
  const unready = unreadyReason(pod);
  if (unready === undefined) return undefined;
  const warning = await findWarning(client, pod);
  return warning === undefined ? unready : `${unready}: ${warning}`;
}

/** The last warning about the Pod, such as the failure of a probe, which stands nowhere in its status. */
async function findWarning(client: Client, { metadata }: Stored<Pod>): Promise<string | undefined> {
  const { namespace, uid } = metadata;
  const fieldSelector = `type=Warning,involvedObject.uid=${uid}`;
  const { items } = await client.list(events, { fieldSelector, ...(namespace === undefined ? {} : { namespace }) });
  const inOrder = items.toSorted((a, b) => (a.lastTimestamp ?? '').localeCompare(b.lastTimestamp ?? ''));
  return inOrder.at(-1)?.message;
}

function endingReason(pod: Pod): string | undefined {
  for (const { name, ready, state, lastState } of containersOf(pod)) {
    const ended = state?.terminated ?? (ready ? undefined : lastState?.terminated);
    if (ended !== undefined && ended.exitCode !== 0) return `container ${name}: ${describeEnd(ended)}`;
  }
  return undefined;
}

function unreadyReason({ status }: Pod): string | undefined {
  if (status?.phase === 'Succeeded') return undefined;
  const conditions = status?.conditions ?? [];
  const bad = ['PodScheduled', 'ContainersReady'].map((type) => conditions.find((each) => each.type === type));
  return bad.find((condition) => condition?.status === 'False')?.message;
}

function containersOf({ status }: Pod): ContainerStatus[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}

function describeEnd(ended: { exitCode?: number; message?: string } | undefined): string {
  if (ended === undefined) return '';
  const words = ended.message?.trim().slice(-mostWords);
  return `its last run ended with exit code ${ended.exitCode}${words ? ` (${words})` : ''}`;
}
