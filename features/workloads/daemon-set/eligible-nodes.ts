import type { Node, PodSpec } from '@croft/api/types';

type Toleration = NonNullable<PodSpec['tolerations']>[number];
type Taint = NonNullable<NonNullable<Node['spec']>['taints']>[number];
type Affinity = NonNullable<PodSpec['affinity']>;
type Term = NonNullable<
  NonNullable<Affinity['nodeAffinity']>['requiredDuringSchedulingIgnoredDuringExecution']
>['nodeSelectorTerms'][number];
type Requirement = NonNullable<Term['matchExpressions']>[number];

const exists = (key: string, effect: string): Toleration => ({
  key: `node.kubernetes.io/${key}`,
  operator: 'Exists',
  effect,
});

/** What every Pod of a DaemonSet tolerates: it belongs to its node in good and bad times. */
export function daemonTolerations(hostNetwork: boolean): Toleration[] {
  return [
    exists('not-ready', 'NoExecute'),
    exists('unreachable', 'NoExecute'),
    exists('disk-pressure', 'NoSchedule'),
    exists('memory-pressure', 'NoSchedule'),
    exists('pid-pressure', 'NoSchedule'),
    exists('unschedulable', 'NoSchedule'),
    ...(hostNetwork ? [exists('network-unavailable', 'NoSchedule')] : []),
  ];
}

/** Whether a template's Pod may run on a node: its selector, its affinity and the node's taints. */
export function fitsNode(spec: PodSpec, node: Node): { run: boolean; stay: boolean } {
  const labels = node.metadata?.labels ?? {};
  const name = node.metadata?.name ?? '';
  const selected = Object.entries(spec.nodeSelector ?? {}).every(([key, value]) => labels[key] === value);
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const wanted = terms === undefined || terms.some((term) => fitsTerm(term, labels, name));
  if (!selected || !wanted || (spec.nodeName ?? name) !== name) return { run: false, stay: false };
  const tolerations = [...(spec.tolerations ?? []), ...daemonTolerations(spec.hostNetwork === true)];
  const refused = (node.spec?.taints ?? []).filter((taint) => !tolerations.some((known) => tolerates(known, taint)));
  const stay = !refused.some(({ effect }) => effect === 'NoExecute');
  return { run: stay && !refused.some(({ effect }) => effect === 'NoSchedule'), stay };
}

function fitsTerm(term: Term, labels: Readonly<Record<string, string>>, name: string): boolean {
  const { matchExpressions = [], matchFields = [] } = term;
  if (matchExpressions.length + matchFields.length === 0) return false;
  return (
    matchExpressions.every((requirement) => fits(requirement, labels[requirement.key])) &&
    matchFields.every((requirement) => fits(requirement, requirement.key === 'metadata.name' ? name : undefined))
  );
}

function fits({ operator, values = [] }: Requirement, value: string | undefined): boolean {
  if (operator === 'Exists') return value !== undefined;
  if (operator === 'DoesNotExist') return value === undefined;
  if (operator === 'NotIn') return value === undefined || !values.includes(value);
  if (value === undefined) return false;
  if (operator === 'In') return values.includes(value);
  const [limit] = values;
  return operator === 'Gt' ? Number(value) > Number(limit) : Number(value) < Number(limit);
}

function tolerates({ key, operator = 'Equal', value = '', effect }: Toleration, taint: Taint): boolean {
  if (effect !== undefined && effect !== '' && effect !== taint.effect) return false;
  if (key !== undefined && key !== '' && key !== taint.key) return false;
  return operator === 'Exists' || value === (taint.value ?? '');
}
