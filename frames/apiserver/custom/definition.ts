import type { UnknownObject } from '@croft/api/object';

/** A CustomResourceDefinition as far as the server reads it; it has been validated when it was written. */
export interface Definition extends UnknownObject {
  spec: DefinitionSpec;
  status?: DefinitionStatus;
}

export interface DefinitionSpec {
  group: string;
  scope: string;
  names: Names;
  versions: Version[];
  preserveUnknownFields?: boolean;
  conversion?: { strategy: string; webhook?: { clientConfig?: object; conversionReviewVersions?: string[] | null } };
}

export interface Names {
  plural: string;
  singular?: string;
  kind: string;
  listKind?: string;
  shortNames?: string[] | null;
  categories?: string[] | null;
}

export interface Version {
  name: string;
  served: boolean;
  storage: boolean;
  deprecated?: boolean;
  deprecationWarning?: string;
  schema?: { openAPIV3Schema?: unknown };
  subresources?: {
    status?: object;
    scale?: { specReplicasPath: string; statusReplicasPath: string; labelSelectorPath?: string };
  } | null;
  additionalPrinterColumns?: PrinterColumn[] | null;
  selectableFields?: { jsonPath: string }[] | null;
}

export interface PrinterColumn {
  name: string;
  type: string;
  jsonPath: string;
  format?: string;
  description?: string;
  priority?: number;
}

export interface DefinitionStatus {
  conditions?: Condition[] | null;
  acceptedNames?: Names;
  storedVersions?: string[] | null;
}

export interface Condition {
  type: string;
  status: string;
  lastTransitionTime?: string | null;
  reason?: string;
  message?: string;
}

export const cleanupFinalizer = 'customresourcecleanup.apiextensions.k8s.io';

export function isTrue(definition: Definition, type: string): boolean {
  return (definition.status?.conditions ?? []).some(
    (condition) => condition.type === type && condition.status === 'True',
  );
}

/** The conditions with one set; its time changes only when its status does. */
export function withCondition(conditions: readonly Condition[], set: Condition, time: string): Condition[] {
  const before = conditions.find(({ type }) => type === set.type);
  const lastTransitionTime = before?.status === set.status ? (before.lastTransitionTime ?? time) : time;
  const next = {
    type: set.type,
    status: set.status,
    lastTransitionTime,
    reason: set.reason ?? '',
    message: set.message ?? '',
  };
  if (before === undefined) return [...conditions, next];
  return conditions.map((condition) => (condition.type === set.type ? next : condition));
}

/**
 * The order in which versions are offered: stable ones first, then beta, then alpha, later numbers first; others last
 * by name (apimachinery pkg/version CompareKubeAwareVersionStrings).
 */
export function compareVersions(left: string, right: string): number {
  const a = parseVersion(left);
  const b = parseVersion(right);
  if (a === undefined || b === undefined) {
    if (a !== undefined) return -1;
    return b !== undefined ? 1 : left < right ? -1 : 1;
  }
  return b.stage - a.stage || b.major - a.major || b.minor - a.minor;
}

function parseVersion(text: string): { stage: number; major: number; minor: number } | undefined {
  const match = /^v([1-9]\d*)(?:(alpha|beta)([1-9]\d*))?$/.exec(text);
  if (match === null) return undefined;
  const stage = match[2] === undefined ? 2 : match[2] === 'beta' ? 1 : 0;
  return { stage, major: Number(match[1]), minor: Number(match[3] ?? 0) };
}
