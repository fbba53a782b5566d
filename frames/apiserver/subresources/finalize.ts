import type { UnknownObject } from '@croft/api/object';
import type { Core } from '../core.ts';
import type { Written } from '../create.ts';
import { ownWriting } from '../own-writes.ts';
import { updateObject } from '../update.ts';

interface NamespaceSpec {
  finalizers?: string[];
}

/** Changes `spec.finalizers` of a namespace: the only way to do so. The last one gone removes it when it is deleted. */
export async function finalizeNamespace(
  core: Core,
  name: string,
  change: (finalizers: readonly string[]) => readonly string[],
): Promise<Written> {
  const served = core.resources.require('', 'v1', 'namespaces');
  return await updateObject(ownWriting(core, served, '', 'finalize'), name, (old): UnknownObject => {
    const spec = (old.spec ?? {}) as NamespaceSpec;
    const finalizers = change(spec.finalizers ?? []);
    const { finalizers: _, ...rest } = spec;
    return { ...old, spec: finalizers.length === 0 ? rest : { ...rest, finalizers } };
  });
}
