import { KNOWN_API_VERSIONS, KNOWN_API_VERSIONS_4 } from './known-versions.ts';

/** What templates can ask about the cluster and about Helm. */
export interface Capabilities {
  kubeVersion: KubeVersion;
  /** `v1`, `apps/v1`, and `apps/v1/Deployment` where a cluster was asked. */
  apiVersions: readonly string[];
  helmVersion: HelmBuild;
}

export interface KubeVersion {
  /** `v1.34.2`; Helm 4 keeps a suffix here. */
  version: string;
  major: string;
  minor: string;
  /** Without the suffix: what constraints are checked with, and what Helm 4 prints. */
  normalized: string;
}

export interface HelmBuild {
  version: string;
  gitCommit: string;
  gitTreeState: string;
  goVersion: string;
  /** Helm 4 tells which Kubernetes its client is made for. */
  kubeClientVersion?: string;
}

export const HELM_3: HelmBuild = {
  version: 'v3.19.0',
  gitCommit: '3d8990f0836691f0229297773f3524598f46bda6',
  gitTreeState: 'clean',
  goVersion: 'go1.26.10',
};

export const HELM_4: HelmBuild = {
  version: 'v4.2.3',
  gitCommit: '43e8b7feece8beb0fcba47059ec9b522fd929a64',
  gitTreeState: 'clean',
  goVersion: 'go1.26.10',
  kubeClientVersion: 'v1.36',
};

/**
 * Reads a version of Kubernetes as Helm does (k8s.io/apimachinery's ParseGeneric): Helm 3 drops what follows the numbers,
 * Helm 4 keeps it in `version`. Throws when it is none.
 */
export function parseKubeVersion(text: string, helmVersion: 3 | 4 = 3): KubeVersion {
  const match = /^\s*v?([0-9]+(?:\.[0-9]+)*)(.*)$/s.exec(text);
  const numbers = (match?.[1] ?? '').split('.');
  if (match === null) throw new Error(`could not parse ${JSON.stringify(text)} as version`);
  if (numbers.length < 2) throw new Error(`illegal version string ${JSON.stringify(text)}`);
  const padded = numbers.find((number) => number.length > 1 && number.startsWith('0'));
  if (padded !== undefined) {
    throw new Error(`illegal zero-prefixed version component ${JSON.stringify(padded)} in ${JSON.stringify(text)}`);
  }
  const [major = '0', minor = '0'] = numbers;
  const normalized = `v${numbers.join('.')}`;
  const version = helmVersion === 4 ? (text.startsWith('v') ? text : `v${text}`) : normalized;
  return { version, major, minor, normalized };
}

/** The capabilities of `helm template`: no cluster, the version of Kubernetes that Helm was built for. */
export function defaultCapabilities(helmVersion: 3 | 4 = 3): Capabilities {
  return {
    kubeVersion: parseKubeVersion(helmVersion === 4 ? 'v1.36.0' : 'v1.34.0', helmVersion),
    apiVersions: helmVersion === 4 ? KNOWN_API_VERSIONS_4 : KNOWN_API_VERSIONS,
    helmVersion: helmVersion === 4 ? HELM_4 : HELM_3,
  };
}
