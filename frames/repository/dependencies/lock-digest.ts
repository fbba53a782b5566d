import { encodeJson } from '@croft/encoding/json/encode';
import { sha256Digest } from '@croft/foundation/digest';
import type { Dependency } from '@croft/helm/chart/chart';
import { dependencyObject } from '@croft/helm/render/objects';

/** The digest in Chart.lock: of what is required and what was chosen, as Helm's resolver.HashReq computes it. */
export function lockDigest(required: readonly Dependency[], locked: readonly Dependency[]): string {
  return sha256Digest(encodeJson([required.map(dependencyObject), locked.map(dependencyObject)]));
}

/** The digest in requirements.lock as Helm 2 computed it. */
export function oldLockDigest(required: readonly Dependency[]): string {
  return sha256Digest(encodeJson(new Map([['dependencies', required.map(dependencyObject)]])));
}
