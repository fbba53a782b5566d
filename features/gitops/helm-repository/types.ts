import { defineKind } from '@croft/api/kind';
import type { KubeObject } from '@croft/api/object';
import type { Duration, LocalReference, SourceObject } from '../types.ts';

export interface HelmRepositorySpec {
  url: string;
  type?: 'default' | 'oci';
  interval?: Duration;
  timeout?: Duration;
  provider?: string;
  secretRef?: LocalReference;
  certSecretRef?: LocalReference;
  passCredentials?: boolean;
  /** For registries: over HTTP. */
  insecure?: boolean;
  suspend?: boolean;
}

export interface HelmRepository extends KubeObject {
  spec?: HelmRepositorySpec;
  status?: NonNullable<SourceObject['status']>;
}

export const helmRepositories = defineKind<HelmRepository>(
  'source.toolkit.fluxcd.io/v1',
  'HelmRepository',
  'helmrepositories',
);
