import type { Kind } from '@croft/api/kind';
import type { CustomResourceDefinition, JSONSchemaProps } from '@croft/api/types';
import { gitRepositories, helmReleases, kustomizations } from './types.ts';

type Schema = JSONSchemaProps;
type Columns = NonNullable<CustomResourceDefinition['spec']['versions'][number]['additionalPrinterColumns']>;

const text: Schema = { type: 'string' };
const flag: Schema = { type: 'boolean' };
const whole: Schema = { type: 'integer' };
const duration: Schema = { type: 'string', pattern: '^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$' };
const texts: Schema = { type: 'object', additionalProperties: { type: 'string' } };
const anything: Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } as Schema;
const object = (properties: Record<string, Schema>, required: string[] = []): Schema => ({
  type: 'object',
  properties,
  ...(required.length === 0 ? {} : { required }),
});
const list = (items: Schema): Schema => ({ type: 'array', items });
const oneOf = (...values: string[]): Schema => ({ type: 'string', enum: values });
const named = (extra: Record<string, Schema> = {}): Schema => object({ name: text, ...extra }, ['name']);

const conditions = list(
  object(
    {
      type: text,
      status: oneOf('True', 'False', 'Unknown'),
      reason: text,
      message: text,
      lastTransitionTime: text,
      observedGeneration: whole,
    },
    ['type', 'status'],
  ),
);
const reconciled = { conditions, observedGeneration: whole, lastHandledReconcileAt: text };
const artifact = object({ path: text, url: text, revision: text, digest: text, size: whole, lastUpdateTime: text });
const sourceRef = object({ apiVersion: text, kind: oneOf('GitRepository'), name: text, namespace: text }, [
  'kind',
  'name',
]);
const remediation = object({
  retries: whole,
  remediateLastFailure: flag,
  ignoreTestFailures: flag,
  strategy: oneOf('rollback', 'uninstall'),
});
const crds = oneOf('Skip', 'Create', 'CreateReplace');

const gitRepository = {
  spec: object(
    {
      url: text,
      interval: duration,
      timeout: duration,
      ref: object({ branch: text }),
      secretRef: named(),
      suspend: flag,
    },
    ['url', 'interval'],
  ),
  status: object({ ...reconciled, artifact }),
};

const kustomization = {
  spec: object(
    {
      interval: duration,
      retryInterval: duration,
      timeout: duration,
      sourceRef,
      path: text,
      prune: flag,
      wait: flag,
      force: flag,
      suspend: flag,
      targetNamespace: text,
      namePrefix: text,
      nameSuffix: text,
      components: list(text),
      ignoreMissingComponents: flag,
      buildMetadata: list(text),
      patches: list(
        object(
          {
            patch: text,
            target: object({
              group: text,
              version: text,
              kind: text,
              name: text,
              namespace: text,
              labelSelector: text,
              annotationSelector: text,
            }),
          },
          ['patch'],
        ),
      ),
      images: list(named({ newName: text, newTag: text, digest: text })),
      dependsOn: list(named({ namespace: text })),
      postBuild: object({
        substitute: texts,
        substituteFrom: list(
          object({ kind: oneOf('Secret', 'ConfigMap'), name: text, optional: flag }, ['kind', 'name']),
        ),
      }),
    },
    ['interval', 'prune', 'sourceRef'],
  ),
  status: object({
    ...reconciled,
    lastAppliedRevision: text,
    lastAttemptedRevision: text,
    inventory: object({ entries: list(object({ id: text, v: text }, ['id', 'v'])) }, ['entries']),
  }),
};

const helmRelease = {
  spec: object(
    {
      interval: duration,
      timeout: duration,
      chart: object(
        {
          metadata: anything,
          spec: object(
            {
              chart: text,
              version: text,
              sourceRef,
              valuesFiles: list(text),
              reconcileStrategy: text,
              interval: duration,
            },
            ['chart', 'sourceRef'],
          ),
        },
        ['spec'],
      ),
      releaseName: { type: 'string', minLength: 1, maxLength: 53 },
      targetNamespace: text,
      storageNamespace: text,
      suspend: flag,
      maxHistory: whole,
      dependsOn: list(named({ namespace: text })),
      values: anything,
      valuesFrom: list(
        object({ kind: oneOf('Secret', 'ConfigMap'), name: text, valuesKey: text, optional: flag }, ['kind', 'name']),
      ),
      install: object({ remediation, timeout: duration, createNamespace: flag, disableWait: flag, crds }),
      upgrade: object({ remediation, timeout: duration, disableWait: flag, crds }),
      test: object({ enable: flag, ignoreFailures: flag, timeout: duration }),
      rollback: object({ timeout: duration, disableWait: flag }),
      uninstall: object({ timeout: duration, keepHistory: flag }),
    },
    ['interval'],
  ),
  status: object({
    ...reconciled,
    history: list(anything),
    helmChart: text,
    storageNamespace: text,
    lastAttemptedRevision: text,
    lastAttemptedGeneration: whole,
    lastAttemptedConfigDigest: text,
    lastAttemptedReleaseAction: text,
    failures: whole,
    installFailures: whole,
    upgradeFailures: whole,
  }),
};

const age = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };
const readyColumns: Columns = [
  { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
  { name: 'Status', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].message' },
];

function definition(
  kind: Kind,
  shortNames: string[],
  { spec, status }: { spec: Schema; status: Schema },
  columns: Columns,
): CustomResourceDefinition {
  return {
    metadata: { name: `${kind.plural}.${kind.group}` },
    spec: {
      group: kind.group,
      scope: 'Namespaced',
      names: {
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        plural: kind.plural,
        singular: kind.kind.toLowerCase(),
        shortNames,
      },
      versions: [
        {
          name: kind.version,
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: object({ apiVersion: text, kind: text, metadata: { type: 'object' }, spec, status }),
          },
          subresources: { status: {} },
          additionalPrinterColumns: columns,
        },
      ],
    },
  };
}

/** The CustomResourceDefinitions of the kinds that the controllers here reconcile, with Flux's names and columns. */
export const gitopsDefinitions: readonly CustomResourceDefinition[] = [
  definition(gitRepositories, ['gitrepo'], gitRepository, [
    { name: 'URL', type: 'string', jsonPath: '.spec.url' },
    age,
    ...readyColumns,
  ]),
  definition(kustomizations, ['ks'], kustomization, [age, ...readyColumns]),
  definition(helmReleases, ['hr'], helmRelease, [age, ...readyColumns]),
];
