import type { UnknownObject } from '@croft/api/object';
import { refusal } from './authorize.ts';
import type { Writing } from './core.ts';
import { createObject, type Written } from './create.ts';

/**
 * Creates an object by PUT or apply to a name that is free. That takes the right to create besides the one for the
 * verb; a resourceVersion sent along means nothing (apiserver handlers/update.go and registry/store.go). Throws 403.
 */
export async function createByUpdate(writing: Writing, object: UnknownObject, applied = false): Promise<Written> {
  checkMayCreate(writing, object.metadata?.name ?? '');
  const { resourceVersion: _, ...metadata } = object.metadata ?? {};
  return await createObject(writing, { ...object, metadata }, applied);
}

function checkMayCreate({ core, served, user, namespace }: Writing, name: string): void {
  const { group, plural: resource } = served.resource;
  const access = {
    user,
    verb: 'create',
    isResource: true,
    path: '',
    group,
    resource,
    subresource: '',
    namespace,
    name,
  };
  const { allowed, reason } = core.authorizer.authorize(access);
  if (!allowed) throw refusal(access, reason);
}
