import { type KubeObject, keyOf, type Stored } from '@croft/api/object';
import { type Condition, findCondition } from '@croft/controller/conditions';
import type { HelmRelease } from '@croft/gitops/helm-release/types';
import type { ReleaseFailure } from './release-failure.ts';

/** What to do about an object that is not ready, by the reason of its Ready condition; empty where nothing is to be done. */
export function advise(object: Stored<KubeObject>, ready: Condition | undefined): string {
  const { namespace = '', name } = keyOf(object);
  if ((object as { spec?: { suspend?: boolean } }).spec?.suspend) return resumeAdvice(object);
  if (ready === undefined) return 'it is being looked at for the first time';
  const own = byKind[object.kind ?? '']?.[ready.reason ?? ''];
  const text = own ?? ofAll[ready.reason ?? ''] ?? `it is tried again by itself; to try now: croft sync KIND NAME`;
  return text
    .replaceAll('KIND', (object.kind ?? '').toLowerCase())
    .replaceAll('NAMESPACE', namespace)
    .replaceAll('NAME', name);
}

/** By words of the reason. NAME stands for its name, AGAIN for trying the same again. */
const byCause: readonly (readonly [RegExp, string])[] = [
  [
    /localhost\/croft\/([a-z0-9._-]+):\S+ could not be (?:built|made)/,
    'mend images/$1 in the followed repository and push it with a new version of the chart; to try the same again: AGAIN',
  ],
  [
    /InvalidImageName|ErrImage|ImagePullBackOff/,
    "see that the image's name is right and that its registry gives it to this machine; to try again: AGAIN",
  ],
  [/values don't meet the specifications/, 'mend its values: croft apps configure NAME --edit'],
  [
    /^(?:execution error|parse error|YAML parse error|template: )/,
    'mend its chart in the followed repository and push, or its values: croft apps configure NAME --edit',
  ],
];

/** What to do about a release that failed; empty while it is being tried again. */
export function adviseFailure(release: Stored<HelmRelease>, { reason, trying }: ReleaseFailure): string {
  if (trying !== undefined) return '';
  const { name } = keyOf(release);
  for (const [pattern, advice] of byCause) {
    const found = pattern.exec(reason);
    if (found !== null)
      return advice
        .replace('$1', found[1] ?? '')
        .replace('AGAIN', `croft sync helmrelease ${name} --reset`)
        .replace('NAME', name);
  }
  return advise(release, findCondition(release.status?.conditions, 'Ready'));
}

function resumeAdvice(object: Stored<KubeObject>): string {
  const { namespace, name } = keyOf(object);
  const resume = `kubectl -n ${namespace} patch ${(object.kind ?? '').toLowerCase()} ${name} --type merge -p '{"spec":{"suspend":false}}'`;
  return `it is suspended; to go on: ${resume}`;
}

/** By reason; KIND, NAME and NAMESPACE stand for those of the object. */
type Advice = Readonly<Record<string, string>>;

const waits = 'it goes on by itself once that is ready';
const again = 'croft sync KIND NAME';

const ofAll: Advice = {
  DependencyNotReady: waits,
  SourceNotReady: 'its source must be ready first; "croft status" shows that',
  ArtifactFailed: 'its source must be ready first; "croft status" shows that',
  Progressing: '',
  ProgressingWithRetry: '',
  InvalidSpec: 'mend its file in the followed repository and push',
};

const unreachable = `check its address and that this machine reaches it; what ran before goes on; then: ${again}`;

const sources: Advice = {
  GitOperationFailed:
    'check flux_source in settings.yaml (repo, branch) and that this machine reaches it; what ran before goes on; then: croft sync',
  FetchFailed: unreachable,
  Failed: unreachable,
  IndexationFailed: unreachable,
  BucketOperationFailed: unreachable,
  OCIArtifactPullFailed: unreachable,
  OCIArtifactLayerOperationFailed: 'mend spec.layerSelector, or push an artifact with such a layer',
  AuthenticationFailed: `put what the server asks for into the Secret that its secretRef names (flux_source.secret); then: ${again}`,
  URLInvalid: 'mend the address: flux_source.repo in settings.yaml, or its spec.url',
  VerificationError: 'push a commit that is signed with a trusted key; what ran before goes on',
  InvalidCommitSignature: 'push a commit that is signed with a trusted key; what ran before goes on',
  InvalidTagSignature: 'sign the tag with a trusted key; what ran before goes on',
  StorageOperationFailed: 'see that the disk of the data directory has room: croft doctor',
  ArchiveOperationFailed: 'see that the disk of the data directory has room: croft doctor',
};

const byKind: Readonly<Record<string, Advice>> = {
  GitRepository: sources,
  OCIRepository: sources,
  HelmRepository: sources,
  HelmChart: sources,
  Bucket: sources,
  Kustomization: {
    BuildFailed: 'mend that file in the followed repository and push; what ran before goes on',
    ArtifactFailed: 'its source must be ready, and hold the watched folder (flux_source.path in settings.yaml)',
    IllegalPath: 'mend flux_source.path in settings.yaml',
    ReconciliationFailed: 'mend those objects in the followed repository and push; all others are applied',
    HealthCheckFailed: 'look at "croft logs" of what is not ready; it is looked at again by itself',
    PruneFailed: `it is tried again by itself; to try now: ${again}`,
  },
  HelmRelease: {
    InstallFailed: `look at "croft logs NAME"; after mending it, or to try again: ${again} --reset`,
    UpgradeFailed: `look at "croft logs NAME"; the next version that is pushed is tried at once; to try again: ${again} --reset`,
    TestFailed: `look at "croft logs NAME"; to try again: ${again} --reset`,
    RetriesExceeded: `look at "croft logs NAME"; after mending it, or to try again: ${again} --reset`,
    MissingRollbackTarget: `there is no good version to go back to: mend it and push, or try again: ${again} --reset`,
    RollbackFailed: `look at "croft logs NAME"; to try again: ${again} --force`,
    UninstallFailed: `what stands in the way is named above; it is tried again by itself; to try now: ${again}`,
    ValuesError: 'mend its values: croft apps configure NAME --edit',
    DriftCorrectionFailed: `it is tried again by itself; to try now: ${again}`,
  },
};
