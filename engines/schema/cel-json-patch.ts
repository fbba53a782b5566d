import type { Environment } from '@marcbachmann/cel-js';

/** What `jsonpatch` stands for in an expression. Held by a class, as CEL tells types by it. */
class CelJsonPatch {}

/** Kubernetes' `jsonpatch.escapeKey(key)`, for keys in JSON pointers. */
export function addJsonPatchFunctions(environment: Environment): void {
  environment
    .registerType('kubernetes.JSONPatch', { ctor: CelJsonPatch, fields: {} })
    .registerConstant('jsonpatch', 'kubernetes.JSONPatch', new CelJsonPatch())
    .registerFunction('kubernetes.JSONPatch.escapeKey(string): string', (_patch, key: string) =>
      key.replaceAll('~', '~0').replaceAll('/', '~1'),
    );
}
