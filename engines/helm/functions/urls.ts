import type { FunctionGroup } from './group.ts';
export const urlFunctions: FunctionGroup = {};
