import {
  age,
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
  text,
  texts,
  whole,
} from '../schema-words.ts';
import { kustomizations } from './types.ts';

const affix = { type: 'string', minLength: 1, maxLength: 200 };

const postBuild = object({
  substitute: texts,
  substituteFrom: list(object({ kind: oneOf('Secret', 'ConfigMap'), name: text, optional: flag }, ['kind', 'name'])),
  substituteStrategy: oneOf('WithVariables', 'Always'),
});

const spec = object(
  {
    interval: duration,
    retryInterval: duration,
    timeout: duration,
    sourceRef: reference('OCIRepository', 'GitRepository', 'Bucket', 'ExternalArtifact'),
    path: text,
    prune: flag,
    deletionPolicy: oneOf('MirrorPrune', 'Delete', 'WaitForTermination', 'Orphan'),
    wait: flag,
    healthChecks: list(object({ apiVersion: text, kind: text, name: text, namespace: text }, ['kind', 'name'])),
    healthCheckExprs,
    force: { ...flag, default: false },
    suspend: flag,
    targetNamespace: { type: 'string', minLength: 1, maxLength: 63 },
    namePrefix: affix,
    nameSuffix: affix,
    components: list(text),
    ignoreMissingComponents: flag,
    buildMetadata: list(oneOf('originAnnotations', 'transformerAnnotations')),
    patches,
    images,
    dependsOn: dependencies,
    decryption: object({ provider: oneOf('sops'), serviceAccountName: text, secretRef: named() }, ['provider']),
    postBuild,
    commonMetadata,
    ignore: ignoreRules,
    serviceAccountName: text,
    kubeConfig,
  },
  ['interval', 'prune', 'sourceRef'],
);

const history = list(
  object(
    {
      digest: text,
      firstReconciled: text,
      lastReconciled: text,
      lastReconciledDuration: text,
      lastReconciledStatus: text,
      totalReconciliations: whole,
      metadata: texts,
    },
    ['digest', 'firstReconciled', 'lastReconciled', 'lastReconciledDuration', 'lastReconciledStatus'],
  ),
);

const status = reconciledStatus({
  lastAppliedRevision: text,
  lastAppliedOriginRevision: text,
  lastAttemptedRevision: text,
  inventory: object({ entries: list(object({ id: text, v: text }, ['id', 'v'])) }, ['entries']),
  history,
});

export const kustomizationDefinition = definition(kustomizations, ['ks'], { spec, status }, [age, ...readyColumns]);
