import type { FunctionGroup } from './group.ts';
export const cryptoFunctions: FunctionGroup = {};
