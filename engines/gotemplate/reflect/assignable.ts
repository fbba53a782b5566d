import type { GoType } from '../type.ts';

/** Go's assignability without constants: identical types, or identical underlying types of which one has no name. */
export function isAssignable(from: GoType, to: GoType): boolean {
  if (from === to || from.name === to.name) return true;
  if (to.kind === 'interface') return true;
  if (from.kind !== to.kind || (from.named === true && to.named === true)) return false;
  return (from.kind === 'map' || from.kind === 'slice') && from.elem?.name === to.elem?.name;
}
