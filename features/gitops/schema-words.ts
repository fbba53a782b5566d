import type { Kind } from '@croft/api/kind';
import type { CustomResourceDefinition, JSONSchemaProps } from '@croft/api/types';

export type Schema = JSONSchemaProps;
type Columns = NonNullable<CustomResourceDefinition['spec']['versions'][number]['additionalPrinterColumns']>;

export const text: Schema = { type: 'string' };
export const flag: Schema = { type: 'boolean' };
export const whole: Schema = { type: 'integer' };
export const duration: Schema = { type: 'string', pattern: '^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$' };
export const texts: Schema = { type: 'object', additionalProperties: { type: 'string' } };
export const anything: Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } as Schema;
export const object = (properties: Record<string, Schema>, required: string[] = []): Schema => ({
  type: 'object',
  properties,
  ...(required.length === 0 ? {} : { required }),
});
export const list = (items: Schema): Schema => ({ type: 'array', items });
export const oneOf = (...values: string[]): Schema => ({ type: 'string', enum: values });
export const named = (extra: Record<string, Schema> = {}): Schema => object({ name: text, ...extra }, ['name']);

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
export const reconciled = { conditions, observedGeneration: whole, lastHandledReconcileAt: text };
/** A status that says from the beginning that nobody has looked at the object yet, so that it does not count as ready. */
export const reconciledStatus = (fields: Record<string, Schema>): Schema => ({
  ...object({ ...reconciled, ...fields }),
  default: { observedGeneration: -1 },
});
export const artifact = object({
  path: text,
  url: text,
  revision: text,
  digest: text,
  size: whole,
  lastUpdateTime: text,
  metadata: texts,
});
/** Who must have signed what is fetched. */
export const verification = object(
  {
    provider: oneOf('cosign', 'notation'),
    secretRef: named(),
    matchOIDCIdentity: list(object({ issuer: text, subject: text }, ['issuer', 'subject'])),
  },
  ['provider'],
);
/** A reference to an object of one of these kinds. */
export const reference = (...kinds: string[]): Schema =>
  object({ apiVersion: text, kind: oneOf(...kinds), name: text, namespace: text }, ['kind', 'name']);
export const dependencies = list(object({ name: text, namespace: text, readyExpr: text }, ['name']));
export const commonMetadata = object({ labels: texts, annotations: texts });
const selector = object({
  group: text,
  version: text,
  kind: text,
  name: text,
  namespace: text,
  labelSelector: text,
  annotationSelector: text,
});
export const patches = list(object({ patch: text, target: selector }, ['patch']));
export const images = list(object({ name: text, newName: text, newTag: text, digest: text }, ['name']));
export const ignoreRules = list(object({ paths: list(text), target: selector }, ['paths']));
export const kubeConfig = object({
  secretRef: object({ name: text, key: text }, ['name']),
  configMapRef: object({ name: text }, ['name']),
});
export const healthCheckExprs = list(
  object({ apiVersion: text, kind: text, current: text, inProgress: text, failed: text }, [
    'apiVersion',
    'kind',
    'current',
  ]),
);
export const age = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };
export const readyColumns: Columns = [
  { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
  { name: 'Status', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].message' },
];

/** The older versions are served too, as the same objects: their fields must have the same meaning. */
export function definition(
  kind: Kind,
  shortNames: string[],
  { spec, status }: { spec: Schema; status?: Schema },
  columns: Columns,
  olderVersions: readonly string[] = [],
): CustomResourceDefinition {
  const fields = { apiVersion: text, kind: text, metadata: { type: 'object' } as const, spec };
  const openAPIV3Schema = object(status === undefined ? fields : { ...fields, status });
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
      versions: [kind.version, ...olderVersions].map((name) => ({
        name,
        served: true,
        storage: name === kind.version,
        schema: { openAPIV3Schema },
        ...(status === undefined ? {} : { subresources: { status: {} } }),
        additionalPrinterColumns: columns,
      })),
    },
  };
}
