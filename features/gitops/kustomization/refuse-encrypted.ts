import { formatKey, keyOf } from '@croft/api/object';
import { ReasonedError } from '@croft/controller/outcome';
import { hasMark, marks } from '../manifests/marks.ts';
import type { Manifest } from '../manifests/read-manifests.ts';

/** Encrypted Secrets are of no use to anybody: throws ReasonedError for those that were to be decrypted. */
export function refuseEncrypted(manifests: readonly Manifest[]): void {
  for (const { object } of manifests) {
    const isSecret = object.apiVersion === 'v1' && object.kind === 'Secret';
    if (!isSecret || object.sops === undefined || hasMark(marks.notDecrypted, object)) continue;
    const message = `Secret/${formatKey(keyOf(object))} is SOPS encrypted, configuring decryption is required for this secret to be reconciled`;
    throw new ReasonedError(
      'ReconciliationFailed',
      `${message}: set spec.decryption with the Secret that holds the keys`,
    );
  }
}
