import type { UnknownObject } from '@croft/api/object';
import { isNotFound } from '@croft/api/status';
import { type Core, ownOptions, type Writing } from './core.ts';
import type { ServedResource } from './served-resource.ts';
import { type Change, updateObject } from './update.ts';
import { systemUser } from './user.ts';

export function ownWriting(core: Core, served: ServedResource, namespace: string, subresource = ''): Writing {
  return { core, served, user: systemUser, namespace, options: ownOptions, subresource, warnings: [] };
}

/** Changes an object as the server itself; nothing happens when it is gone meanwhile. */
export async function updateOwn(
  core: Core,
  served: ServedResource,
  namespace: string,
  name: string,
  change: Change,
  subresource = '',
): Promise<void> {
  const unconditional: Change = async (old) => {
    const object: UnknownObject = await change(old);
    return { ...object, metadata: { ...object.metadata, resourceVersion: old.metadata?.resourceVersion ?? '' } };
  };
  try {
    await updateObject(ownWriting(core, served, namespace, subresource), name, unconditional);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
