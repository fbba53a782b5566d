import { defineKind } from '@croft/api/kind';
import type { KubeObject } from '@croft/api/object';
import type { HelmRelease, ValuesReference } from '../helm-release/types.ts';
import type { LocalReference } from '../types.ts';

interface KeySelector {
  name: string;
  namespace?: string;
  /** `values.yaml` when left out. */
  key?: string;
  optional?: boolean;
}

/** One source of values; exactly one field is set. */
export interface ValuesSource {
  configMapKeyRef?: KeySelector;
  secretKeyRef?: KeySelector;
  /** A file of the chart. */
  chartFileRef?: { path: string; optional?: boolean };
  /** Not supported: values come from the API or the chart. */
  externalSourceRef?: { url: string; optional?: boolean };
}

/** A chart in a git repository, or in a chart repository. */
export interface OlderChart {
  git?: string;
  ref?: string;
  path?: string;
  secretRef?: LocalReference;
  repository?: string;
  name?: string;
  version?: string;
  chartPullSecret?: LocalReference;
}

/** What a release is to be, in the words of helm-operator. Times are in seconds. */
export interface OlderReleaseSpec {
  chart?: OlderChart;
  releaseName?: string;
  targetNamespace?: string;
  values?: Record<string, unknown>;
  valuesFrom?: (ValuesSource | ValuesReference)[];
  /** The older way to name Secrets with values. */
  valueFileSecrets?: { name: string; optional?: boolean }[];
  /** Only `false` keeps the values of the release before. */
  resetValues?: boolean;
  forceUpgrade?: boolean;
  skipCRDs?: boolean;
  disableOpenAPIValidation?: boolean;
  maxHistory?: number;
  timeout?: number;
  wait?: boolean;
  rollback?: {
    enable?: boolean;
    retry?: boolean;
    maxRetries?: number;
    force?: boolean;
    recreate?: boolean;
    disableHooks?: boolean;
    timeout?: number;
    wait?: boolean;
  };
  test?: { enable?: boolean; ignoreFailures?: boolean; timeout?: number; cleanup?: boolean };
  suspend?: boolean;
}

export interface OlderRelease extends KubeObject {
  spec?: OlderReleaseSpec;
  status?: NonNullable<HelmRelease['status']> & {
    releaseName?: string;
    releaseStatus?: string;
    /** The version of the chart that is installed. */
    revision?: string;
    phase?: 'Succeeded' | 'Failed';
  };
}

/** How often what is installed is compared with what is wanted: the kind has no field for it. 20 minutes when left out. */
export const intervalAnnotation = 'helm.croft.dev/interval';

export const olderReleases = defineKind<OlderRelease>('helm.fluxcd.io/v1', 'HelmRelease', 'helmreleases');
