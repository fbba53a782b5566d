import { defineKind } from '@croft/api/kind';
import type { KubeObject } from '@croft/api/object';
import type { Condition } from '@croft/controller/conditions';
import type { ReconciledStatus } from '@croft/controller/reconcile-steps';
import type { Image, Patch } from '@croft/kustomize/kustomization/kustomization';
import type { InventoryEntry } from '../kustomization/types.ts';
import type {
  CommonMetadata,
  Dependency,
  Duration,
  HealthCheckExpression,
  IgnoreRule,
  KubeConfigReference,
  SourceReference,
} from '../types.ts';

export interface ValuesReference {
  kind: 'Secret' | 'ConfigMap';
  name: string;
  /** `values.yaml` when left out. */
  valuesKey?: string;
  /** The dotted path of `--set` under which the key's text becomes one value. */
  targetPath?: string;
  /** The text is one string, whatever it looks like. */
  literal?: boolean;
  optional?: boolean;
}

export interface Remediation {
  /** Tries after the first failure; -1: without end. */
  retries?: number;
  remediateLastFailure?: boolean;
  ignoreTestFailures?: boolean;
  strategy?: 'rollback' | 'uninstall';
}

/** What is done after a failure: remediate, or just try again after a time. */
export interface ActionStrategy {
  name: 'RemediateOnFailure' | 'RetryOnFailure';
  retryInterval?: Duration;
}

type CrdsPolicy = 'Skip' | 'Create' | 'CreateReplace';
type ServerSideApplyMode = 'enabled' | 'disabled' | 'auto';

interface ActionSpec {
  timeout?: Duration;
  disableWait?: boolean;
  disableHooks?: boolean;
}

interface DeploySpec extends ActionSpec {
  remediation?: Remediation;
  strategy?: ActionStrategy;
  crds?: CrdsPolicy;
  disableTakeOwnership?: boolean;
  disableWaitForJobs?: boolean;
  disableOpenAPIValidation?: boolean;
  disableSchemaValidation?: boolean;
}

export interface InstallSpec extends DeploySpec {
  createNamespace?: boolean;
  replace?: boolean;
  skipCRDs?: boolean;
  serverSideApply?: boolean;
}

export interface UpgradeSpec extends DeploySpec {
  force?: boolean;
  preserveValues?: boolean;
  cleanupOnFail?: boolean;
  serverSideApply?: ServerSideApplyMode;
  chartNameChangeStrategy?: 'InPlaceUpdate' | 'Reinstall';
}

export interface RollbackSpec extends ActionSpec {
  disableWaitForJobs?: boolean;
  recreate?: boolean;
  force?: boolean;
  cleanupOnFail?: boolean;
  serverSideApply?: ServerSideApplyMode;
}

export interface UninstallSpec extends ActionSpec {
  keepHistory?: boolean;
  deletionPropagation?: 'background' | 'foreground' | 'orphan';
}

export interface TestSpec {
  enable?: boolean;
  ignoreFailures?: boolean;
  timeout?: Duration;
  filters?: { name: string; exclude?: boolean }[];
}

export interface PostRenderer {
  kustomize?: { patches?: Patch[]; images?: Image[] };
}

export interface DriftDetection {
  mode?: 'enabled' | 'warn' | 'disabled';
  ignore?: IgnoreRule[];
}

export interface ChartSpec {
  chart: string;
  version?: string;
  sourceRef: SourceReference;
  interval?: Duration;
  reconcileStrategy?: 'ChartVersion' | 'Revision';
  valuesFiles?: string[];
  ignoreMissingValuesFiles?: boolean;
  verify?: { provider: string; secretRef?: { name: string } };
}

/** An object whose artifact is the chart. */
export interface ChartReference {
  apiVersion?: string;
  kind: 'HelmChart' | 'OCIRepository' | 'ExternalArtifact';
  name: string;
  namespace?: string;
}

export interface HelmReleaseSpec {
  interval: Duration;
  timeout?: Duration;
  chart?: { metadata?: CommonMetadata; spec: ChartSpec };
  chartRef?: ChartReference;
  releaseName?: string;
  targetNamespace?: string;
  storageNamespace?: string;
  suspend?: boolean;
  maxHistory?: number;
  dependsOn?: Dependency[];
  values?: Record<string, unknown>;
  valuesFrom?: ValuesReference[];
  install?: InstallSpec;
  upgrade?: UpgradeSpec;
  test?: TestSpec;
  rollback?: RollbackSpec;
  uninstall?: UninstallSpec;
  driftDetection?: DriftDetection;
  postRenderers?: PostRenderer[];
  postRenderStrategy?: 'nohooks' | 'combined' | 'separate';
  commonMetadata?: CommonMetadata;
  healthCheckExprs?: HealthCheckExpression[];
  serviceAccountName?: string;
  kubeConfig?: KubeConfigReference;
}

/** One release that the controller made, newest first in the status. */
export interface ReleaseSnapshot {
  /** Which form the digest has. */
  apiVersion?: string;
  /** Of the release as it is stored. */
  digest: string;
  name: string;
  namespace: string;
  version: number;
  status: string;
  action?: ReleaseAction;
  chartName: string;
  chartVersion: string;
  appVersion?: string;
  /** Of the values. */
  configDigest: string;
  firstDeployed: string;
  lastDeployed: string;
  deleted?: string;
  testHooks?: Record<string, { phase?: string; lastStarted?: string; lastCompleted?: string }>;
  ociDigest?: string;
}

export type ReleaseAction = 'install' | 'upgrade' | 'rollback' | 'uninstall' | 'uninstall-remediation';

export interface HelmRelease extends KubeObject {
  spec?: HelmReleaseSpec;
  status?: ReconciledStatus & {
    history?: ReleaseSnapshot[];
    inventory?: { entries: InventoryEntry[] };
    helmChart?: string;
    storageNamespace?: string;
    lastAttemptedRevision?: string;
    lastAttemptedRevisionDigest?: string;
    lastAttemptedGeneration?: number;
    lastAttemptedConfigDigest?: string;
    lastAttemptedReleaseAction?: 'install' | 'upgrade';
    lastAttemptedReleaseActionDuration?: Duration;
    lastHandledForceAt?: string;
    lastHandledResetAt?: string;
    observedPostRenderersDigest?: string;
    observedCommonMetadataDigest?: string;
    failures?: number;
    installFailures?: number;
    upgradeFailures?: number;
    conditions?: Condition[];
  };
}

export const helmReleases = defineKind<HelmRelease>('helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'helmreleases');
