import type { KubeObject } from '@croft/api/object';

const group = 'kustomize.toolkit.fluxcd.io';

/** What people write into labels or annotations to say how an object is treated. Values are compared in any case. */
export const marks = {
  /** Neither applied nor deleted. */
  ignored: { [`${group}/reconcile`]: 'disabled', [`${group}/ssa`]: 'ignore' },
  /** Created, then left alone. */
  ifNotPresent: { [`${group}/ssa`]: 'ifnotpresent' },
  /** Fields that others have set stay theirs. */
  merged: { [`${group}/ssa`]: 'merge' },
  /** Made anew where a field cannot be changed. */
  forced: { [`${group}/force`]: 'enabled' },
  /** Stays when it is no longer prescribed. */
  kept: { [`${group}/prune`]: 'disabled' },
  /** Stays encrypted. */
  notDecrypted: { [`${group}/decrypt`]: 'disabled' },
} as const;

/** Whether one of the marks stands in the labels or annotations of one of the objects. */
export function hasMark(mark: Readonly<Record<string, string>>, ...objects: (KubeObject | undefined)[]): boolean {
  return Object.entries(mark).some(([key, value]) =>
    objects.some(
      (object) =>
        object?.metadata?.labels?.[key]?.toLowerCase() === value ||
        object?.metadata?.annotations?.[key]?.toLowerCase() === value,
    ),
  );
}
