import { readFileSync } from 'node:fs';
import { arch, cpus, hostname, release, totalmem } from 'node:os';
import { leases, nodes } from '@croft/api/kinds';
import { isAlreadyExists } from '@croft/api/status';
import type { Node, NodeCondition } from '@croft/api/types';
import type { Client } from '@croft/client/client';
import { type Clock, formatMicroTime, formatTime } from '@croft/foundation/clock';
import { errorMessage } from '@croft/foundation/errors';
import { jsonEqual } from '@croft/foundation/json';
import type { Log } from '@croft/foundation/log';

export interface NodeObjectOptions {
  client: Client;
  nodeName: string;
  hostIp: string;
  engineVersion: string;
  mostPods: number;
  clock: Clock;
  log: Log;
}

const leaseNamespace = 'kube-node-lease';
const leaseSeconds = 40;
const heartbeatMs = 10_000;

const goArchitectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64', arm: 'arm' };

/** Registers this machine as a Node, and renews its Lease until disposed. */
export async function startNodeObject(options: NodeObjectOptions): Promise<AsyncDisposable> {
  await registerNode(options);
  const stop = new AbortController();
  const beat = async () => {
    while (!stop.signal.aborted) {
      await renewLease(options).catch((error) =>
        options.log.warn('the lease of the node could not be renewed', { error: errorMessage(error) }),
      );
      await options.clock.wait(heartbeatMs, stop.signal).catch(() => {});
    }
  };
  const beating = beat();
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await beating;
    },
  };
}

/** Makes the Node, or brings the labels and status of an earlier one up to date; what others set in it stays. */
async function registerNode({ client, nodeName, hostIp, engineVersion, mostPods, clock }: NodeObjectOptions) {
  const labels = {
    'kubernetes.io/hostname': nodeName,
    'kubernetes.io/os': 'linux',
    'kubernetes.io/arch': goArchitectures[arch()] ?? arch(),
  };
  const node: Node = { metadata: { name: nodeName, labels } };
  try {
    await client.create(nodes, node, { fieldManager: 'kubelet' });
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
    await client.patch(nodes, { name: nodeName }, { metadata: { labels } }, { fieldManager: 'kubelet' });
  }
  const known = await client.get(nodes, { name: nodeName });
  const status = renderNodeStatus(known, { hostIp, engineVersion, mostPods, nowMs: clock.now() });
  if (jsonEqual(known.status, status)) return;
  await client.patch(nodes, { name: nodeName }, { status }, { subresource: 'status', fieldManager: 'kubelet' });
}

function renderNodeStatus(
  known: Node,
  facts: { hostIp: string; engineVersion: string; mostPods: number; nowMs: number },
): NonNullable<Node['status']> {
  const amounts = {
    cpu: String(cpus().length),
    memory: `${Math.floor(totalmem() / 1024)}Ki`,
    pods: String(facts.mostPods),
  };
  const condition = (type: string, status: string, reason: string, message: string): NodeCondition => {
    const before = known.status?.conditions?.find((one) => one.type === type);
    const now = formatTime(facts.nowMs);
    const since = before?.status === status ? (before.lastTransitionTime ?? now) : now;
    return { type, status, reason, message, lastHeartbeatTime: now, lastTransitionTime: since };
  };
  return {
    ...known.status,
    capacity: amounts,
    allocatable: amounts,
    addresses: [
      { type: 'InternalIP', address: facts.hostIp },
      { type: 'Hostname', address: hostname() },
    ],
    conditions: [
      condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
      condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
      condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
      condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
    ],
    nodeInfo: {
      machineID: readFile('/etc/machine-id'),
      systemUUID: readFile('/etc/machine-id'),
      bootID: readFile('/proc/sys/kernel/random/boot_id'),
      kernelVersion: release(),
      osImage: /^PRETTY_NAME="?([^"\n]*)/m.exec(readFile('/etc/os-release'))?.[1] ?? 'Linux',
      containerRuntimeVersion: `podman://${facts.engineVersion}`,
      kubeletVersion: 'v1.36.2',
      kubeProxyVersion: '',
      operatingSystem: 'linux',
      architecture: goArchitectures[arch()] ?? arch(),
    },
  };
}

/** Empty when the machine has no such file. */
function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}

async function renewLease({ client, nodeName, clock }: NodeObjectOptions): Promise<void> {
  await client.apply(
    leases,
    {
      metadata: { name: nodeName, namespace: leaseNamespace },
      spec: {
        holderIdentity: nodeName,
        leaseDurationSeconds: leaseSeconds,
        renewTime: formatMicroTime(clock.now()) as never,
      },
    },
    { fieldManager: 'kubelet', force: true },
  );
}
