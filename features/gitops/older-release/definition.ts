import { helmReleaseStatus } from '../helm-release/definition.ts';
import { age, anything, definition, flag, list, named, object, readyColumns, text, whole } from '../schema-words.ts';
import { olderReleases } from './types.ts';

const key = object({ name: text, namespace: text, key: text, optional: flag }, ['name']);

const chart = object({
  git: text,
  ref: text,
  path: text,
  secretRef: named({ namespace: text }),
  skipDepUpdate: flag,
  repository: text,
  name: text,
  version: text,
  chartPullSecret: named(),
});

/** The entries of version 2 are taken, too: the settings Secret of an application is added as one. */
const valuesFrom = list(
  object({
    configMapKeyRef: key,
    secretKeyRef: key,
    chartFileRef: object({ path: text, optional: flag }, ['path']),
    externalSourceRef: object({ url: text, optional: flag }, ['url']),
    kind: text,
    name: text,
    valuesKey: text,
    optional: flag,
  }),
);

const spec = object(
  {
    helmVersion: text,
    chart,
    releaseName: text,
    targetNamespace: text,
    values: anything,
    valuesFrom,
    valueFileSecrets: list(object({ name: text, optional: flag }, ['name'])),
    resetValues: flag,
    forceUpgrade: flag,
    skipCRDs: flag,
    disableOpenAPIValidation: flag,
    maxHistory: whole,
    timeout: whole,
    wait: flag,
    suspend: flag,
    rollback: object({
      enable: flag,
      retry: flag,
      maxRetries: whole,
      force: flag,
      recreate: flag,
      disableHooks: flag,
      timeout: whole,
      wait: flag,
    }),
    test: object({ enable: flag, ignoreFailures: flag, timeout: whole, cleanup: flag }),
  },
  ['chart'],
);

const status = helmReleaseStatus({ releaseName: text, releaseStatus: text, revision: text, phase: text });

export const olderReleaseDefinition = definition(olderReleases, ['hrs'], { spec, status }, [
  { name: 'Release', type: 'string', jsonPath: '.status.releaseName' },
  { name: 'Phase', type: 'string', jsonPath: '.status.phase' },
  { name: 'ReleaseStatus', type: 'string', jsonPath: '.status.releaseStatus' },
  age,
  ...readyColumns,
]);
