import { defineKind } from '@croft/api/kind';
import type { KubeObject } from '@croft/api/object';
import type { ReconciledStatus } from '@croft/controller/reconcile-steps';
import type { Duration } from '../types.ts';

type Order = 'asc' | 'desc';

/** How the latest of some tags is told: one of these. */
export interface PolicyChoice {
  semver?: { range: string };
  /** `asc`: the last one is the latest. */
  alphabetical?: { order?: Order };
  numerical?: { order?: Order };
}

export interface TagFilter {
  /** A regular expression of RE2. */
  pattern?: string;
  /** What of a tag that fits is compared, such as `$ts`; the whole tag when left out. */
  extract?: string;
}

export interface ImagePolicySpec {
  imageRepositoryRef: { name: string; namespace?: string };
  policy: PolicyChoice;
  filterTags?: TagFilter;
  digestReflectionPolicy?: 'Always' | 'IfNotPresent' | 'Never';
  /** Between looks at the digest, with the policy `Always`. */
  interval?: Duration;
  suspend?: boolean;
}

export interface ImageReference {
  name: string;
  tag: string;
  digest?: string;
}

export interface ImagePolicy extends KubeObject {
  spec?: ImagePolicySpec;
  status?: ReconciledStatus & {
    latestRef?: ImageReference;
    observedPreviousRef?: ImageReference;
    /** `NAME:TAG`, for clients of the older versions. */
    latestImage?: string;
  };
}

export const imagePolicies = defineKind<ImagePolicy>('image.toolkit.fluxcd.io/v1', 'ImagePolicy', 'imagepolicies');
