import type { FieldError } from '@croft/api/field-error';
import type { StructuralSchema } from './structural-schema.ts';

/** The errors of one value so far, and how many kinds of checks it underwent: `anyOf` tells by it what came closest. */
export interface Findings {
  errors: FieldError[];
  checks: number;
}

/** Checks a value against a schema; `old` is the value before, where there is one. */
export type Check = (findings: Findings, value: unknown, schema: StructuralSchema, path: string, old: unknown) => void;

export function childPath(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
