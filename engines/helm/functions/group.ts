import type { GoFunction } from '@croft/gotemplate/functions';

/** Functions by the names under which templates call them. */
export type FunctionGroup = Readonly<Record<string, GoFunction>>;
