import { randomInt } from 'node:crypto';
import type { KubeObject, UnknownObject } from '@croft/api/object';
import type { Pod, PodSpec, ServiceAccount, Volume, VolumeMount } from '@croft/api/types';
import { forbidden } from '../../failures.ts';
import type { Lookup } from '../../kind-rules.ts';
import { admitLimits } from '../limit-ranges.ts';
import { admitRuntimeClass } from './admit-runtime-class.ts';

const pods = { group: '', plural: 'pods' };

/** What the stock admission plugins do to a new pod, in their order. */
export function admitPod(pod: Pod, old: Pod | undefined, lookup: Lookup): void {
  if (old !== undefined || pod.spec === undefined) return;
  admitLimits(pod, lookup);
  admitServiceAccount(pod, pod.spec, lookup);
  admitPriority(pod, pod.spec, lookup);
  addTolerations(pod.spec);
  admitRuntimeClass(pod, pod.spec, lookup);
}

const mirror = 'kubernetes.io/config.mirror';
const tokenPath = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The ServiceAccount plugin: the account has to exist, gives its pull secrets and, unless refused, a token. */
function admitServiceAccount(pod: Pod, spec: PodSpec, lookup: Lookup): void {
  if (pod.metadata?.annotations?.[mirror] !== undefined) return checkMirror(pod, spec);
  spec.serviceAccountName = spec.serviceAccountName || 'default';
  spec.serviceAccount = spec.serviceAccountName;
  const namespace = pod.metadata?.namespace ?? '';
  const account = lookup.find('serviceaccounts', namespace, spec.serviceAccountName) as
    | (UnknownObject & ServiceAccount)
    | undefined;
  if (account === undefined) {
    const name = spec.serviceAccountName;
    const why = `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`;
    throw forbidden(pods, pod.metadata?.name ?? '', why);
  }
  const mounts = spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true;
  if (mounts) mountToken(spec);
  if ((spec.imagePullSecrets?.length ?? 0) === 0 && account.imagePullSecrets !== undefined) {
    spec.imagePullSecrets = structuredClone(account.imagePullSecrets);
  }
}

/** The pod of a file on a node: what it names there might be another's. */
function checkMirror(pod: Pod, spec: PodSpec): void {
  const refuse = (what: string) => forbidden(pods, pod.metadata?.name ?? '', `a mirror pod may not ${what}`);
  if (spec.serviceAccountName) throw refuse('reference service accounts');
  if (namesSecret(spec)) throw refuse('reference secrets');
  const takesToken = spec.volumes?.some(({ projected }) => projected?.sources?.some((one) => one.serviceAccountToken));
  if (takesToken) throw refuse('use service account token volume projections');
}

function namesSecret({ imagePullSecrets = [], volumes = [], containers = [], initContainers = [] }: PodSpec): boolean {
  return (
    imagePullSecrets.length > 0 ||
    volumes.some(({ secret, projected }) => secret ?? projected?.sources?.some((one) => one.secret)) ||
    [...containers, ...initContainers].some(
      ({ env = [], envFrom = [] }) =>
        env.some(({ valueFrom }) => valueFrom?.secretKeyRef) || envFrom.some(({ secretRef }) => secretRef),
    )
  );
}

function mountToken(spec: PodSpec): void {
  const existing = spec.volumes?.find((volume) => volume.name.startsWith('kube-api-access-'))?.name;
  const name = existing ?? `kube-api-access-${randomSuffix()}`;
  let used = false;
  for (const container of [...(spec.initContainers ?? []), ...(spec.containers ?? [])]) {
    if (container.volumeMounts?.some((mount) => mount.mountPath === tokenPath)) continue;
    const mount: VolumeMount = { name, readOnly: true, mountPath: tokenPath };
    container.volumeMounts = [...(container.volumeMounts ?? []), mount];
    used = true;
  }
  if (used && existing === undefined) spec.volumes = [...(spec.volumes ?? []), tokenVolume(name)];
}

function tokenVolume(name: string): Volume {
  return {
    name,
    projected: {
      sources: [
        { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        {
          downwardAPI: {
            items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
          },
        },
      ],
      defaultMode: 0o644,
    },
  };
}

const suffixLetters = 'bcdfghjklmnpqrstvwxz2456789';

function randomSuffix(): string {
  return Array.from({ length: 5 }, () => suffixLetters[randomInt(suffixLetters.length)]).join('');
}

interface PriorityClass extends KubeObject {
  value: number;
  globalDefault?: boolean;
  preemptionPolicy?: string;
}

const systemPriorities: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
};

/** The Priority plugin: the number comes from the class, never from the pod itself. */
function admitPriority(pod: Pod, spec: PodSpec, lookup: Lookup): void {
  const { value, preemptionPolicy } = priorityOf(pod, spec, lookup);
  if (spec.priority !== undefined && spec.priority !== value) {
    const why = `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`;
    throw forbidden(pods, pod.metadata?.name ?? '', why);
  }
  if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== preemptionPolicy) {
    const why = `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${preemptionPolicy} from the given PriorityClass name`;
    throw forbidden(pods, pod.metadata?.name ?? '', why);
  }
  spec.priority = value;
  spec.preemptionPolicy = preemptionPolicy;
}

function priorityOf(pod: Pod, spec: PodSpec, lookup: Lookup): { value: number; preemptionPolicy: string } {
  const classes = 'priorityclasses.scheduling.k8s.io';
  if (spec.priorityClassName !== undefined) {
    const found = lookup.find(classes, undefined, spec.priorityClassName) as
      | (UnknownObject & PriorityClass)
      | undefined;
    const value = found?.value ?? systemPriorities[spec.priorityClassName];
    if (value !== undefined) return { value, preemptionPolicy: found?.preemptionPolicy ?? 'PreemptLowerPriority' };
    const why = `no PriorityClass with name ${spec.priorityClassName} was found`;
    throw forbidden(pods, pod.metadata?.name ?? '', why);
  }
  const defaults = (lookup.list(classes) as (UnknownObject & PriorityClass)[]).filter(
    (one) => one.globalDefault === true,
  );
  const lowest = defaults.toSorted((left, right) => left.value - right.value)[0];
  if (lowest === undefined) return { value: 0, preemptionPolicy: 'PreemptLowerPriority' };
  spec.priorityClassName = lowest.metadata?.name ?? '';
  return { value: lowest.value, preemptionPolicy: lowest.preemptionPolicy ?? 'PreemptLowerPriority' };
}

const waits = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

/** The DefaultTolerationSeconds plugin. */
function addTolerations(spec: PodSpec): void {
  const tolerations = spec.tolerations ?? [];
  const missing = waits.filter((key) => {
    const covered = tolerations.some(
      (one) => (one.key === key || !one.key) && (one.effect === 'NoExecute' || !one.effect),
    );
    return !covered;
  });
  if (missing.length === 0) return;
  spec.tolerations = [
    ...tolerations,
    ...missing.map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }) as const),
  ];
}
