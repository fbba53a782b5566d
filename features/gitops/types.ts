import { defineKind } from '@croft/api/kind';
import type { KubeObject } from '@croft/api/object';
import type { ReconciledStatus } from '@croft/controller/reconcile-steps';
import type { Patch } from '@croft/kustomize/kustomization/kustomization';

/** A Go duration such as `1m30s`. */
export type Duration = string;

/** What a source has fetched, kept as a tarball. */
export interface Artifact {
  /** Below the artifact folder. */
  path: string;
  url: string;
  /** `main@sha1:<commit>` for git. */
  revision: string;
  /** Of the tarball: `sha256:<hex>`. */
  digest: string;
  size: number;
  lastUpdateTime: string;
}

export interface LocalReference {
  name: string;
}

export interface SourceReference {
  apiVersion?: string;
  kind: 'GitRepository' | 'OCIRepository' | 'Bucket' | 'ExternalArtifact' | 'HelmRepository';
  name: string;
  namespace?: string;
}

export interface GitRepository extends KubeObject {
  spec?: {
    url: string;
    interval: Duration;
    timeout?: Duration;
    ref?: { branch?: string };
    secretRef?: LocalReference;
    suspend?: boolean;
  };
  status?: ReconciledStatus & { artifact?: Artifact };
}

/** What must be ready first. */
export interface Dependency {
  name: string;
  namespace?: string;
  /** CEL on `self` and `dep` that says whether the dependency is ready, in place of its Ready condition. */
  readyExpr?: string;
}

/** How the health of a kind of its own is told: CEL expressions on its objects. */
export interface HealthCheckExpression {
  apiVersion: string;
  kind: string;
  current: string;
  inProgress?: string;
  failed?: string;
}

export interface CommonMetadata {
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

/** A Secret that holds a kubeconfig file, under `value` or `value.yaml` when no key is named. */
export interface KubeConfigReference {
  secretRef?: { name: string; key?: string };
  configMapRef?: LocalReference;
}

/** Which differences are left alone: JSON pointers, in all objects or in those that the target selects. */
export interface IgnoreRule {
  paths: string[];
  target?: NonNullable<Patch['target']>;
}

export const gitRepositories = defineKind<GitRepository>(
  'source.toolkit.fluxcd.io/v1',
  'GitRepository',
  'gitrepositories',
);
