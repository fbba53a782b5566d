import { persistentVolumeClaims, pods } from '@croft/api/kinds';
import { keyOf, type Stored } from '@croft/api/object';
import { isConflict, isNotFound } from '@croft/api/status';
import type { Node, Pod } from '@croft/api/types';
import type { Client } from '@croft/client/client';
import { localOrigin } from '@croft/client/fetch';
import { objectPath } from '@croft/client/paths';
import { readStatusError } from '@croft/client/status-error';
import { withCondition } from '@croft/controller/conditions';
import type { EventRecorder } from '@croft/controller/events';
import type { Clock } from '@croft/foundation/clock';
import { jsonEqual } from '@croft/foundation/json';

export interface SchedulerContext {
  client: Client;
  events: EventRecorder;
  clock: Clock;
}

const selectedNode = 'volume.kubernetes.io/selected-node';

/** Gives a Pod that no node has to this one, if it may go there; otherwise says in its status why not. */
export async function schedulePod({ client, events, clock }: SchedulerContext, pod: Stored<Pod>, node: Stored<Node>) {
  if ((pod.spec?.schedulingGates ?? []).length > 0) return;
  const refusal = refusalOf(pod, node);
  if (refusal !== undefined) {
    const message = `0/1 nodes are available: 1 ${refusal}.`;
    await reportUnschedulable(client, pod, message, clock);
    events.record(pod, 'Warning', 'FailedScheduling', message);
    return;
  }
  await selectNodeForClaims(client, pod, node.metadata.name);
  await bindPod(client, pod, node.metadata.name);
  const { namespace, name } = pod.metadata;
  events.record(pod, 'Normal', 'Scheduled', `Successfully assigned ${namespace}/${name} to ${node.metadata.name}`);
}

/** Why a Pod may not go to a node, in the scheduler's words; undefined when it may. */
export function refusalOf(pod: Pod, node: Node): string | undefined {
  if (node.spec?.unschedulable) return 'node(s) were unschedulable';
  const labels = node.metadata?.labels ?? {};
  const selector = Object.entries(pod.spec?.nodeSelector ?? {});
  if (selector.some(([name, value]) => labels[name] !== value)) {
    return "node(s) didn't match Pod's node affinity/selector";
  }
  const taint = node.spec?.taints?.find(({ effect, key, value }) => {
    const tolerated = pod.spec?.tolerations?.some(
      (one) =>
        (one.key === undefined || one.key === key) &&
        (one.operator === 'Exists' || (one.value ?? '') === (value ?? '')) &&
        (one.effect === undefined || one.effect === effect),
    );
    return effect !== 'PreferNoSchedule' && tolerated !== true;
  });
  return taint === undefined ? undefined : `node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`;
}

async function reportUnschedulable(client: Client, pod: Stored<Pod>, message: string, clock: Clock): Promise<void> {
  const known = (pod.status?.conditions ?? []) as Parameters<typeof withCondition>[0];
  const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message } as const;
  const conditions = withCondition(known, condition, clock.now());
  if (jsonEqual(known, conditions)) return;
  await client.patch(pods, keyOf(pod), { status: { conditions } }, { subresource: 'status' });
}

/** Claims that wait for their first consumer learn where it will be. */
async function selectNodeForClaims(client: Client, pod: Stored<Pod>, nodeName: string): Promise<void> {
  for (const { persistentVolumeClaim } of pod.spec?.volumes ?? []) {
    if (persistentVolumeClaim === undefined) continue;
    const key = { namespace: pod.metadata.namespace, name: persistentVolumeClaim.claimName };
    const claim = await client.find(persistentVolumeClaims, key);
    if (claim === undefined || claim.spec?.volumeName || claim.metadata.annotations?.[selectedNode] === nodeName)
      continue;
    await client.patch(persistentVolumeClaims, key, { metadata: { annotations: { [selectedNode]: nodeName } } });
  }
}

async function bindPod(client: Client, pod: Stored<Pod>, nodeName: string): Promise<void> {
  const { name, namespace, uid } = pod.metadata;
  const response = await client.fetch(
    new Request(`${localOrigin}${objectPath(pods, keyOf(pod), 'binding')}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', 'user-agent': 'kube-scheduler' },
      body: JSON.stringify({
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name, namespace, uid },
        target: { kind: 'Node', name: nodeName },
      }),
    }),
  );
  if (response.ok) return void (await response.body?.cancel());
  const error = await readStatusError(response);
  if (!isNotFound(error) && !isConflict(error)) throw error;
}
