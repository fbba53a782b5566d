import { defineKind } from '@croft/api/kind';
import type { KubeObject } from '@croft/api/object';
import type { ReconciledStatus } from '@croft/controller/reconcile-steps';
import type { FluxSpec } from '@croft/kustomize/flux/generate-kustomization';
import type {
  CommonMetadata,
  Dependency,
  Duration,
  HealthCheckExpression,
  IgnoreRule,
  KubeConfigReference,
  LocalReference,
  SourceReference,
} from '../types.ts';

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

export interface Decryption {
  provider: 'sops';
  /** Its keys that end with `.agekey` hold age identities. */
  secretRef?: LocalReference;
}

export interface ObjectReference {
  apiVersion?: string;
  kind: string;
  name: string;
  namespace?: string;
}

export interface KustomizationSpec extends FluxSpec {
  interval: Duration;
  retryInterval?: Duration;
  timeout?: Duration;
  sourceRef: SourceReference;
  path?: string;
  prune: boolean;
  /** What becomes of the objects when this one is deleted; `MirrorPrune` when left out. */
  deletionPolicy?: 'MirrorPrune' | 'Delete' | 'WaitForTermination' | 'Orphan';
  wait?: boolean;
  healthChecks?: ObjectReference[];
  healthCheckExprs?: HealthCheckExpression[];
  force?: boolean;
  suspend?: boolean;
  dependsOn?: Dependency[];
  decryption?: Decryption;
  postBuild?: {
    substitute?: Record<string, string>;
    substituteFrom?: SubstituteReference[];
    /** Whether text is substituted when there are no variables. */
    substituteStrategy?: 'WithVariables' | 'Always';
  };
  commonMetadata?: CommonMetadata;
  ignore?: IgnoreRule[];
  serviceAccountName?: string;
  kubeConfig?: KubeConfigReference;
}

/** How one build fared, newest first; the same build again counts up. */
export interface HistoryEntry {
  /** Of the built manifests. */
  digest: string;
  firstReconciled: string;
  lastReconciled: string;
  lastReconciledDuration: Duration;
  lastReconciledStatus: string;
  totalReconciliations: number;
  metadata?: Record<string, string>;
}

export interface Kustomization extends KubeObject {
  spec?: KustomizationSpec;
  status?: ReconciledStatus & {
    lastAppliedRevision?: string;
    lastAppliedOriginRevision?: string;
    lastAttemptedRevision?: string;
    inventory?: { entries: InventoryEntry[] };
    history?: HistoryEntry[];
  };
}

export const kustomizations = defineKind<Kustomization>(
  'kustomize.toolkit.fluxcd.io/v1',
  'Kustomization',
  'kustomizations',
);
