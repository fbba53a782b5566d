import { defineKind } from '@croft/api/kind';
import type { KubeObject } from '@croft/api/object';
import type { Duration, LocalReference, SourceObject } from '../types.ts';

export interface LayerSelector {
  /** The first layer of this type; the first of all when left out. */
  mediaType?: string;
  operation?: 'extract' | 'copy';
}

export interface OciRepositorySpec {
  url: string;
  interval: Duration;
  timeout?: Duration;
  /** Digest before range before tag; the tag `latest` when left out. */
  ref?: { tag?: string; semver?: string; semverFilter?: string; digest?: string };
  layerSelector?: LayerSelector;
  provider?: string;
  secretRef?: LocalReference;
  serviceAccountName?: string;
  certSecretRef?: LocalReference;
  proxySecretRef?: LocalReference;
  verify?: { provider: string; secretRef?: LocalReference };
  ignore?: string;
  /** Over HTTP. */
  insecure?: boolean;
  suspend?: boolean;
}

export interface OciRepository extends KubeObject {
  spec?: OciRepositorySpec;
  status?: NonNullable<SourceObject['status']> & { observedLayerSelector?: LayerSelector };
}

export const ociRepositories = defineKind<OciRepository>(
  'source.toolkit.fluxcd.io/v1',
  'OCIRepository',
  'ocirepositories',
);
