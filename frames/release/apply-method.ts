import type { ReleaseRecord } from '@croft/helm/release/record';
import type { ReleaseContext } from './release-context.ts';
import type { ApplyMethod } from './write-object.ts';

interface Wishes {
  /** Replace objects instead of patching them. */
  force?: boolean;
  forceConflicts?: boolean;
  threeWay?: boolean;
  takesOver?: boolean;
}

/** Whether objects are written by server-side apply: as asked, else as the revision before, else as is usual. */
export function usesServerSide({ asHelm }: ReleaseContext, asked?: boolean, before?: ReleaseRecord): boolean {
  if (asHelm === undefined) return asked ?? true;
  if (asHelm === 3) return false;
  return asked ?? (before === undefined || before.apply_method === 'ssa');
}

/** How objects that are there are changed. Throws, in Helm's words, on what excludes each other. */
export function updateMethod({ asHelm }: ReleaseContext, serverSide: boolean, wishes: Wishes): ApplyMethod {
  const { force = false, threeWay = false, takesOver = false } = wishes;
  const forceConflicts = asHelm === undefined || wishes.forceConflicts === true;
  if (asHelm !== undefined && forceConflicts && !serverSide) {
    throw new Error('invalid client update option(s): forceConflicts enabled when serverSideApply disabled');
  }
  if (forceConflicts && force && asHelm !== undefined) {
    throw new Error('invalid operation: cannot use force conflicts and force replace together');
  }
  if (serverSide && force) {
    throw new Error('invalid operation: cannot use server-side apply and force replace together');
  }
  if (force) return { by: 'replace' };
  return serverSide ? { by: 'server', forceConflicts, takesOver } : { by: 'patch', threeWay };
}

/** How objects that are not there are made. */
export function createMethod({ asHelm }: ReleaseContext, serverSide: boolean, forceConflicts = false): ApplyMethod {
  return serverSide ? { by: 'server', forceConflicts: forceConflicts || asHelm === undefined } : { by: 'patch' };
}

/** How hooks are made: as Helm 4 like other objects, else always anew. */
export function hookMethod({ asHelm }: ReleaseContext, serverSide: boolean): ApplyMethod {
  return asHelm === 4 && serverSide ? { by: 'server', forceConflicts: false } : { by: 'patch' };
}

/** How the record tells that its objects were written; Helm 3 does not tell. */
export function applyMethodField({ asHelm }: ReleaseContext, serverSide: boolean): Pick<ReleaseRecord, 'apply_method'> {
  if (serverSide) return { apply_method: 'ssa' };
  return asHelm === 4 ? { apply_method: 'csa' } : {};
}
