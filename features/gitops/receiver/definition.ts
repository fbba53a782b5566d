import {
  age,
  anything,
  definition,
  duration,
  flag,
  list,
  named,
  object,
  oneOf,
  readyColumns,
  reconciled,
  text,
  texts,
} from '../schema-words.ts';
import { receivers } from './types.ts';

/** The kinds that Flux's rules may be about. */
export const ruleKinds = [
  'Bucket',
  'GitRepository',
  'Kustomization',
  'HelmRelease',
  'HelmChart',
  'HelmRepository',
  'ImageRepository',
  'ImagePolicy',
  'ImageUpdateAutomation',
  'OCIRepository',
  'ArtifactGenerator',
  'ExternalArtifact',
];
const name = { type: 'string', minLength: 1, maxLength: 253 } as const;
export const objectsReference = {
  apiVersion: text,
  kind: oneOf(...ruleKinds),
  name,
  namespace: name,
  matchLabels: texts,
};
/** Those of Flux, and `gitea` and `forgejo` with their own headers. */
const types = oneOf(
  'generic',
  'generic-hmac',
  'generic-oidc',
  'github',
  'gitlab',
  'gitea',
  'forgejo',
  'bitbucket',
  'harbor',
  'dockerhub',
  'quay',
  'gcr',
  'nexus',
  'acr',
  'cdevents',
);

const spec = object(
  {
    type: types,
    interval: { ...duration, default: '10m' },
    events: list(text),
    resources: list(object({ ...objectsReference, filter: text }, ['kind', 'name'])),
    resourceFilter: text,
    secretRef: named(),
    oidcProviders: list(anything),
    suspend: flag,
  },
  ['type', 'resources'],
);

export const receiverDefinition = definition(
  receivers,
  [],
  { spec, status: object({ ...reconciled, webhookPath: text }) },
  [age, ...readyColumns],
  ['v1beta2', 'v1beta1'],
);
