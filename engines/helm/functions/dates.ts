import type { FunctionGroup } from './group.ts';
export function dateFunctions(_now: () => number): FunctionGroup {
  return {};
}
