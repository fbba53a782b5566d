import type { UnknownObject } from '@croft/api/object';
import type { Writing } from './core.ts';
import { badRequest } from './failures.ts';

/** The object must be the one that the URL names. */
export function checkNameAndNamespace({ served, namespace }: Writing, object: UnknownObject, name: string): void {
  const meta = object.metadata ?? {};
  if (served.resource.namespaced && (meta.namespace ?? '') !== '' && meta.namespace !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  if ((meta.name ?? '') === '') {
    throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  }
  if (meta.name !== name) {
    throw badRequest(`the name of the object (${meta.name}) does not match the name on the URL (${name})`);
  }
}
