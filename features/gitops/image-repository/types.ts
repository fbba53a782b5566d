import { defineKind } from '@croft/api/kind';
import type { KubeObject } from '@croft/api/object';
import type { ReconciledStatus } from '@croft/controller/reconcile-steps';
import type { Duration, LocalReference } from '../types.ts';

export interface ImageRepositorySpec {
  /** An image without scheme and tag: `ghcr.io/team/web`, `alpine`. */
  image: string;
  interval: Duration;
  /** The interval when left out. */
  timeout?: Duration;
  secretRef?: LocalReference;
  proxySecretRef?: LocalReference;
  certSecretRef?: LocalReference;
  /** Its imagePullSecrets are used too. */
  serviceAccountName?: string;
  suspend?: boolean;
  /** From which other namespaces policies may look at the tags. */
  accessFrom?: { namespaceSelectors: { matchLabels?: Record<string, string> }[] };
  /** Regular expressions of RE2: tags that fit one are left out. */
  exclusionList?: string[];
  provider?: string;
  /** HTTP instead of HTTPS. */
  insecure?: boolean;
}

export interface ScanResult {
  /** A digest of all tags. */
  revision: string;
  tagCount: number;
  scanTime: string;
  /** The last ten by the alphabet. */
  latestTags?: string[];
}

export interface ImageRepository extends KubeObject {
  spec?: ImageRepositorySpec;
  status?: ReconciledStatus & {
    canonicalImageName?: string;
    lastScanResult?: ScanResult;
    observedExclusionList?: string[];
  };
}

export const imageRepositories = defineKind<ImageRepository>(
  'image.toolkit.fluxcd.io/v1',
  'ImageRepository',
  'imagerepositories',
);
