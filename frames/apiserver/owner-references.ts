import type { UnknownObject } from '@croft/api/object';
import { jsonEqual } from '@croft/foundation/json';

const rest =
  'API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed:';

/**
 * Drops owner references that the object has twice, word for word, and warns of them (apiserver handlers/rest.go).
 * `when` tells that they were found after admission.
 */
export function dropRepeatedOwners(object: UnknownObject, warnings: string[], when: '' | 'after admission' = ''): void {
  const references = object.metadata?.ownerReferences ?? [];
  const kept: typeof references = [];
  const repeated: string[] = [];
  for (const reference of references) {
    const known = kept.some((other) => other.uid === reference.uid && jsonEqual(other, reference));
    if (known) repeated.push(reference.uid);
    else kept.push(reference);
  }
  if (repeated.length === 0) return;
  object.metadata = { ...object.metadata, ownerReferences: kept };
  const found = when === '' ? '' : ' after mutating admission happens';
  warnings.push(`.metadata.ownerReferences contains duplicate entries${found}; ${rest} ${repeated.join(', ')}`);
}
