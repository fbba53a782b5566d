import type { KubeObject } from '@croft/api/object';
import { keyOf, type Stored } from '@croft/api/object';
import type { Condition } from '@croft/controller/conditions';

/** What to do about an object that is not ready, by the reason of its Ready condition. */
export function advise(object: Stored<KubeObject>, ready: Condition | undefined): string {
  const find = byKind[object.kind ?? ''];
  if (ready === undefined || find === undefined) return '';
  return find(ready.reason ?? '', object);
}

type Advice = (reason: string, object: Stored<KubeObject>) => string;

const byKind: Record<string, Advice> = {
  GitRepository: (reason, object) => adviseSource(reason, object),
  Kustomization: adviseKustomization,
  HelmRelease: adviseRelease,
};

export function suspendedAdvice(kind: string, object: Stored<KubeObject>): string {
  const { namespace, name } = keyOf(object);
  return `it is suspended; to go on: kubectl -n ${namespace} patch ${kind} ${name} --type merge -p '{"spec":{"suspend":false}}'`;
}

const sourceAdvice: Record<string, string> = {
  GitOperationFailed:
    'check flux_source in settings.yaml (repo, branch) and that this machine reaches it; then: croft sync',
  AuthenticationFailed: 'put username and password into the Secret that flux_source.secret names; then: croft sync',
  VerificationError: 'push a commit that is signed by a trusted key; what ran before goes on',
};

function adviseSource(reason: string, object: Stored<KubeObject>): string {
  if ((object as { spec?: { suspend?: boolean } }).spec?.suspend) return suspendedAdvice('gitrepository', object);
  return sourceAdvice[reason] ?? 'croft sync';
}

const kustomizationAdvice: Record<string, string> = {
  BuildFailed: 'mend that file in the followed repository and push; what ran before goes on',
  ArtifactFailed: 'the source must be ready first, and hold the watched folder (flux_source.path in settings.yaml)',
  ReconciliationFailed: 'mend those objects in the followed repository and push; all others are applied',
  HealthCheckFailed: 'croft logs NAME of what is not ready; it is looked at again by itself',
  DependencyNotReady: 'it goes on by itself once that is ready',
  PruneFailed: 'it is tried again by itself; to try now: croft sync',
};

function adviseKustomization(reason: string): string {
  return kustomizationAdvice[reason] ?? 'croft sync';
}

function adviseRelease(reason: string, object: Stored<KubeObject>): string {
  const { name } = keyOf(object);
  const again = `croft sync helmrelease ${name} --reset`;
  const advice: Record<string, string> = {
    ArtifactFailed: 'the source must be ready first; "croft status" shows it',
    DependencyNotReady: 'it goes on by itself once that is ready',
    Progressing: '',
    RetriesExceeded: `look at "croft logs ${name}"; after mending it push, or try again: ${again}`,
    ValuesError: `mend its values (croft apps configure ${name} --edit), or the chart, and push`,
    TestFailed: `look at "croft logs ${name}"; then: ${again}`,
    InstallFailed: `look at "croft logs ${name}"; then: ${again}`,
    UpgradeFailed: `look at "croft logs ${name}"; the next version that is pushed is tried at once`,
  };
  return advice[reason] ?? `croft logs ${name}; croft sync helmrelease ${name}`;
}
