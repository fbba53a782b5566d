import {
  age,
  anything,
  commonMetadata,
  definition,
  dependencies,
  duration,
  flag,
  healthCheckExprs,
  ignoreRules,
  images,
  kubeConfig,
  list,
  named,
  object,
  oneOf,
  patches,
  readyColumns,
  reconciledStatus,
  reference,
  type Schema,
  text,
  whole,
} from '../schema-words.ts';
import { helmReleases } from './types.ts';

const label = (maxLength: number) => ({ type: 'string', minLength: 1, maxLength });
const crds = oneOf('Skip', 'Create', 'CreateReplace');
const serverSideApply = oneOf('enabled', 'disabled', 'auto');
const strategy = object({ name: oneOf('RemediateOnFailure', 'RetryOnFailure'), retryInterval: duration }, ['name']);
const remediation = { retries: whole, remediateLastFailure: flag, ignoreTestFailures: flag };
const action = { timeout: duration, disableWait: flag, disableHooks: flag };
const deploy = {
  ...action,
  strategy,
  crds,
  disableTakeOwnership: flag,
  disableWaitForJobs: flag,
  disableOpenAPIValidation: flag,
  disableSchemaValidation: flag,
};

const chart = object(
  {
    metadata: commonMetadata,
    spec: object(
      {
        chart: label(2048),
        version: { ...text, default: '*' },
        sourceRef: reference('HelmRepository', 'GitRepository', 'Bucket'),
        valuesFiles: list(text),
        ignoreMissingValuesFiles: flag,
        reconcileStrategy: { ...oneOf('ChartVersion', 'Revision'), default: 'ChartVersion' },
        interval: duration,
        verify: object({ provider: oneOf('cosign', 'notation'), secretRef: named() }, ['provider']),
      },
      ['chart', 'sourceRef'],
    ),
  },
  ['spec'],
);

const valuesFrom = list(
  object(
    {
      kind: oneOf('Secret', 'ConfigMap'),
      name: label(253),
      valuesKey: text,
      targetPath: text,
      literal: flag,
      optional: flag,
    },
    ['kind', 'name'],
  ),
);

const install = object({
  ...deploy,
  remediation: object(remediation),
  createNamespace: flag,
  replace: flag,
  skipCRDs: flag,
  serverSideApply: flag,
});

const upgrade = object({
  ...deploy,
  remediation: object({ ...remediation, strategy: oneOf('rollback', 'uninstall') }),
  force: flag,
  preserveValues: flag,
  cleanupOnFail: flag,
  serverSideApply,
  chartNameChangeStrategy: oneOf('InPlaceUpdate', 'Reinstall'),
});

const rollback = object({
  ...action,
  disableWaitForJobs: flag,
  recreate: flag,
  force: flag,
  cleanupOnFail: flag,
  serverSideApply,
});

const uninstall = object({
  ...action,
  keepHistory: flag,
  deletionPropagation: { ...oneOf('background', 'foreground', 'orphan'), default: 'background' },
});

const spec = object(
  {
    interval: duration,
    timeout: duration,
    chart,
    chartRef: reference('HelmChart', 'OCIRepository', 'ExternalArtifact'),
    releaseName: label(53),
    targetNamespace: label(63),
    storageNamespace: label(63),
    suspend: flag,
    maxHistory: whole,
    dependsOn: dependencies,
    values: anything,
    valuesFrom,
    install,
    upgrade,
    test: object({
      enable: flag,
      ignoreFailures: flag,
      timeout: duration,
      filters: list(object({ name: label(253), exclude: flag }, ['name'])),
    }),
    rollback,
    uninstall,
    driftDetection: object({ mode: oneOf('enabled', 'warn', 'disabled'), ignore: ignoreRules }),
    postRenderers: list(object({ kustomize: object({ patches, images }) })),
    postRenderStrategy: oneOf('nohooks', 'combined', 'separate'),
    waitStrategy: object({ name: oneOf('poller', 'legacy') }, ['name']),
    commonMetadata,
    healthCheckExprs,
    persistentClient: flag,
    serviceAccountName: label(253),
    kubeConfig,
  },
  ['interval'],
);

const snapshot = object(
  {
    apiVersion: text,
    digest: text,
    name: text,
    namespace: text,
    version: whole,
    status: text,
    action: text,
    chartName: text,
    chartVersion: text,
    appVersion: text,
    configDigest: text,
    firstDeployed: text,
    lastDeployed: text,
    deleted: text,
    testHooks: {
      type: 'object',
      additionalProperties: object({ phase: text, lastStarted: text, lastCompleted: text }),
    },
    ociDigest: text,
  },
  ['digest', 'name', 'namespace', 'version', 'status', 'chartName', 'chartVersion', 'configDigest'],
);

/** The status of a release, with fields of its own. */
export const helmReleaseStatus = (more: Record<string, Schema> = {}): Schema =>
  reconciledStatus({
    history: list(snapshot),
    inventory: object({ entries: list(object({ id: text, v: text }, ['id', 'v'])) }, ['entries']),
    helmChart: text,
    storageNamespace: text,
    lastAttemptedRevision: text,
    lastAttemptedRevisionDigest: text,
    lastAttemptedGeneration: whole,
    lastAttemptedConfigDigest: text,
    lastAttemptedReleaseAction: text,
    lastAttemptedReleaseActionDuration: text,
    lastHandledForceAt: text,
    lastHandledResetAt: text,
    observedPostRenderersDigest: text,
    observedCommonMetadataDigest: text,
    failures: whole,
    installFailures: whole,
    upgradeFailures: whole,
    ...more,
  });

export const helmReleaseDefinition = definition(helmReleases, ['hr'], { spec, status: helmReleaseStatus() }, [
  age,
  ...readyColumns,
]);
