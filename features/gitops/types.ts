import { defineKind } from '@croft/api/kind';
import type { KubeObject } from '@croft/api/object';
import type { Condition } from '@croft/controller/conditions';
import type { ReconciledStatus } from '@croft/controller/reconcile-steps';
import type { FluxSpec } from '@croft/kustomize/flux/generate-kustomization';

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
  kind: 'GitRepository';
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

export interface InventoryEntry {
  /** `<namespace>_<name>_<group>_<kind>`. */
  id: string;
  /** The version under which the object was applied. */
  v: string;
}

/** A Secret or ConfigMap whose keys are variables. */
export interface SubstituteReference {
  kind: 'Secret' | 'ConfigMap';
  name: string;
  optional?: boolean;
}

export interface Kustomization extends KubeObject {
  spec?: {
    interval: Duration;
    retryInterval?: Duration;
    timeout?: Duration;
    sourceRef: SourceReference;
    path?: string;
    prune: boolean;
    wait?: boolean;
    force?: boolean;
    suspend?: boolean;
    dependsOn?: { name: string; namespace?: string }[];
    postBuild?: { substitute?: Record<string, string>; substituteFrom?: SubstituteReference[] };
  } & FluxSpec;
  status?: ReconciledStatus & {
    lastAppliedRevision?: string;
    lastAttemptedRevision?: string;
    inventory?: { entries: InventoryEntry[] };
  };
}

export interface ValuesReference {
  kind: 'Secret' | 'ConfigMap';
  name: string;
  /** `values.yaml` when left out. */
  valuesKey?: string;
  optional?: boolean;
}

export interface Remediation {
  /** Tries after the first failure; -1: without end. */
  retries?: number;
  remediateLastFailure?: boolean;
  ignoreTestFailures?: boolean;
  strategy?: 'rollback' | 'uninstall';
}

export interface HelmReleaseSpec {
  interval: Duration;
  timeout?: Duration;
  chart?: { spec: { chart: string; sourceRef: SourceReference; valuesFiles?: string[] } };
  releaseName?: string;
  targetNamespace?: string;
  storageNamespace?: string;
  suspend?: boolean;
  maxHistory?: number;
  dependsOn?: { name: string; namespace?: string }[];
  values?: Record<string, unknown>;
  valuesFrom?: ValuesReference[];
  install?: {
    remediation?: Remediation;
    timeout?: Duration;
    createNamespace?: boolean;
    disableWait?: boolean;
    crds?: string;
  };
  upgrade?: { remediation?: Remediation; timeout?: Duration; disableWait?: boolean; crds?: string };
  test?: { enable?: boolean; ignoreFailures?: boolean; timeout?: Duration };
  rollback?: { timeout?: Duration; disableWait?: boolean };
  uninstall?: { timeout?: Duration; keepHistory?: boolean };
}

/** One release that the controller made, newest first in the status. */
export interface ReleaseSnapshot {
  name: string;
  namespace: string;
  version: number;
  status: string;
  chartName: string;
  chartVersion: string;
  appVersion?: string;
  configDigest: string;
  digest: string;
  firstDeployed: string;
  lastDeployed: string;
  testHooks?: Record<string, { phase?: string; lastStarted?: string; lastCompleted?: string }>;
}

export interface HelmRelease extends KubeObject {
  spec?: HelmReleaseSpec;
  status?: ReconciledStatus & {
    history?: ReleaseSnapshot[];
    helmChart?: string;
    storageNamespace?: string;
    lastAttemptedRevision?: string;
    lastAttemptedGeneration?: number;
    lastAttemptedConfigDigest?: string;
    lastAttemptedReleaseAction?: 'install' | 'upgrade';
    failures?: number;
    installFailures?: number;
    upgradeFailures?: number;
    conditions?: Condition[];
  };
}

export const gitRepositories = defineKind<GitRepository>(
  'source.toolkit.fluxcd.io/v1',
  'GitRepository',
  'gitrepositories',
);
export const kustomizations = defineKind<Kustomization>(
  'kustomize.toolkit.fluxcd.io/v1',
  'Kustomization',
  'kustomizations',
);
export const helmReleases = defineKind<HelmRelease>('helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'helmreleases');
