import { type Gvk, isSelectedGvk } from '../resource/resource-id.ts';

/** A field in objects of a kind: steps with `/` between, lists are passed through. Empty parts of the kind fit all. */
export interface FieldSpec extends Gvk {
  readonly path: string;
  /** Whether to make the field where it is missing. */
  readonly create: boolean;
}

/** `kind`, `group/kind` or `group/version/kind`; '' for all kinds. */
export function fieldSpec(type: string, path: string, create = false): FieldSpec {
  return { ...parseType(type), path, create };
}

export function parseType(type: string): Gvk {
  const parts = type.split('/');
  const [kind = '', second = '', third = ''] = parts.reverse();
  return parts.length === 3 ? { group: third, version: second, kind } : { group: second, version: '', kind };
}

/** The specs with those added that are not there yet. Throws when two disagree. */
export function mergeSpecs(specs: readonly FieldSpec[], added: readonly FieldSpec[]): FieldSpec[] {
  const result = [...specs];
  for (const spec of added) {
    const same = result.find((known) => known.path === spec.path && isSelectedGvk(known, spec));
    if (same === undefined) result.push(spec);
    else if (same.create !== spec.create) throw new Error('conflicting fieldspecs');
  }
  return result;
}

const first =
  'Namespace ResourceQuota StorageClass CustomResourceDefinition ServiceAccount PodSecurityPolicy Role ClusterRole RoleBinding ClusterRoleBinding ConfigMap Secret Endpoints Service LimitRange PriorityClass PersistentVolume PersistentVolumeClaim Deployment StatefulSet CronJob PodDisruptionBudget'.split(
    ' ',
  );
const last = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'];

/** Kinds that others need come first, those that stand in others' way last. */
export const kindOrder = { first, last } as const;

/** Where a kind stands among others. */
export function rankKind(
  kind: string,
  order: { first: readonly string[]; last: readonly string[] } = kindOrder,
): number {
  const late = order.last.lastIndexOf(kind);
  if (late >= 0) return late + 1;
  const early = order.first.lastIndexOf(kind);
  return early >= 0 ? early - order.first.length : 0;
}

/** Group, version and kind as text for sorting. */
export function sortableGvk({ group, version, kind }: Gvk): string {
  return `${group || '~G'}_${version || '~V'}_${kind || '~K'}`;
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The order in which specs are applied. */
export function compareGvk(a: Gvk, b: Gvk): number {
  return rankKind(a.kind) - rankKind(b.kind) || compareText(sortableGvk(a), sortableGvk(b));
}
