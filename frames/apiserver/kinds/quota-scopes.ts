import type { KubeObject } from '@croft/api/object';
import type { Pod } from '@croft/api/types';
import { qualityOf } from './pod/quality.ts';

export interface ScopeTerm {
  scopeName: string;
  operator: string;
  values?: string[];
}

interface Scoped {
  scopes?: string[];
  scopeSelector?: { matchExpressions?: ScopeTerm[] };
}

/** Whether an object is one of those that a quota with scopes is about; without scopes all are. */
export function isInScope({ scopes = [], scopeSelector }: Scoped, resource: string, object: KubeObject): boolean {
  const terms = [
    ...scopes.map((scopeName): ScopeTerm => ({ scopeName, operator: 'Exists' })),
    ...(scopeSelector?.matchExpressions ?? []),
  ];
  if (terms.length === 0) return true;
  return resource === 'pods' && terms.every((term) => matches(term, object as Pod));
}

function matches({ scopeName, operator, values = [] }: ScopeTerm, { spec }: Pod): boolean {
  switch (scopeName) {
    case 'Terminating':
      return spec?.activeDeadlineSeconds !== undefined;
    case 'NotTerminating':
      return spec?.activeDeadlineSeconds === undefined;
    case 'BestEffort':
      return spec !== undefined && qualityOf(spec) === 'BestEffort';
    case 'NotBestEffort':
      return spec !== undefined && qualityOf(spec) !== 'BestEffort';
    case 'PriorityClass':
      return matchesValue(spec?.priorityClassName ?? '', operator, values);
    case 'CrossNamespacePodAffinity':
      return usesOtherNamespaces(spec?.affinity);
    default:
      return false;
  }
}

function matchesValue(value: string, operator: string, values: readonly string[]): boolean {
  if (operator === 'Exists') return value !== '';
  if (operator === 'DoesNotExist') return value === '';
  return operator === 'In' ? values.includes(value) : !values.includes(value);
}

interface AffinityTerm {
  namespaces?: readonly string[];
  namespaceSelector?: unknown;
}

interface PodAffinityTerms {
  requiredDuringSchedulingIgnoredDuringExecution?: readonly AffinityTerm[];
  preferredDuringSchedulingIgnoredDuringExecution?: readonly { podAffinityTerm?: AffinityTerm }[];
}

function usesOtherNamespaces(affinity: unknown): boolean {
  const { podAffinity, podAntiAffinity } = (affinity ?? {}) as Partial<
    Record<'podAffinity' | 'podAntiAffinity', PodAffinityTerms>
  >;
  return [podAffinity, podAntiAffinity].some((terms) => {
    const preferred = terms?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    const all = [
      ...(terms?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
      ...preferred.map(({ podAffinityTerm }) => podAffinityTerm ?? {}),
    ];
    return all.some((term) => (term.namespaces ?? []).length > 0 || term.namespaceSelector !== undefined);
  });
}
