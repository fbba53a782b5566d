import { defineKind } from '@croft/api/kind';
import type { KubeObject } from '@croft/api/object';
import type { ReconciledStatus } from '@croft/controller/reconcile-steps';
import type { Patch } from '@croft/kustomize/kustomization/kustomization';
import type { GitReference } from './git/references.ts';

/** A Go duration such as `1m30s`. */
export type Duration = string;

/** What a source has fetched, kept as a file. */
export interface Artifact {
  /** Below the artifact folder. */
  path: string;
  url: string;
  /** `main@sha1:<commit>` for git, the chart's version for a chart. */
  revision: string;
  /** Of the file: `sha256:<hex>`. */
  digest: string;
  size: number;
  lastUpdateTime: string;
  /** What the origin says of it, such as the annotations of an OCI artifact. */
  metadata?: Record<string, string>;
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

/** What every kind of source has. */
export interface SourceObject extends KubeObject {
  spec?: { interval?: Duration; timeout?: Duration; suspend?: boolean };
  status?: ReconciledStatus & { artifact?: Artifact; url?: string; observedIgnore?: string };
}

/** Files of another GitRepository of the namespace that become part of this one's artifact. */
export interface GitInclude {
  repository: LocalReference;
  /** Its root when left out. */
  fromPath?: string;
  /** The other's name when left out. */
  toPath?: string;
}

export interface GitRepositorySpec {
  url: string;
  interval: Duration;
  timeout?: Duration;
  provider?: string;
  ref?: GitReference;
  secretRef?: LocalReference;
  proxySecretRef?: LocalReference;
  verify?: { mode?: 'head' | 'HEAD' | 'Tag' | 'TagAndHEAD'; secretRef: LocalReference };
  /** Patterns in the form of .gitignore. */
  ignore?: string;
  include?: GitInclude[];
  recurseSubmodules?: boolean;
  sparseCheckout?: string[];
  suspend?: boolean;
}

export interface GitRepository extends KubeObject {
  spec?: GitRepositorySpec;
  status?: NonNullable<SourceObject['status']> & {
    includedArtifacts?: Artifact[];
    observedInclude?: GitInclude[];
    observedRecurseSubmodules?: boolean;
    observedSparseCheckout?: string[];
    sourceVerificationMode?: string;
  };
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
