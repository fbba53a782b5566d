import type { UnknownObject } from '@croft/api/object';
import { isNotFound } from '@croft/api/status';
import type { Writing } from './core.ts';
import type { Written } from './create.ts';
import { createByUpdate } from './create-by-update.ts';
import { conflict } from './failures.ts';
import { checkNameAndNamespace } from './identity.ts';
import { recordOwnership } from './ownership.ts';
import { updateObject } from './update.ts';

/** PUT: the decoded object takes the place of the one that stands; some kinds are created when there is none. */
export async function replaceObject(writing: Writing, name: string, object: UnknownObject): Promise<Written> {
  const { rules, resource } = writing.served;
  checkNameAndNamespace(writing, object, name);
  if (resource.namespaced) object.metadata = { ...object.metadata, namespace: writing.namespace };
  rules.default(object);
  try {
    return await updateObject(writing, name, (old) => recordOwnership(writing, old, { ...object }));
  } catch (error) {
    const creates = rules.createsOnUpdate === true && writing.subresource === '';
    if (!isNotFound(error) || !creates) throw error;
    const uid = object.metadata?.uid ?? '';
    if (uid !== '') {
      const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: `;
      throw conflict(writing.served.resource, name, why);
    }
    return await createByUpdate(writing, object);
  }
}
