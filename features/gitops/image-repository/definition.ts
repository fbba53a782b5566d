import {
  age,
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
  whole,
} from '../schema-words.ts';
import { imageRepositories } from './types.ts';

const spec = object(
  {
    image: text,
    interval: duration,
    timeout: { type: 'string', pattern: '^([0-9]+(\\.[0-9]+)?(ms|s|m))+$' },
    secretRef: named(),
    proxySecretRef: named(),
    certSecretRef: named(),
    serviceAccountName: { type: 'string', maxLength: 253 },
    suspend: flag,
    accessFrom: object({ namespaceSelectors: list(object({ matchLabels: texts })) }, ['namespaceSelectors']),
    exclusionList: { ...list(text), maxItems: 25, default: ['^.*\\.sig$'] },
    provider: { ...oneOf('generic', 'aws', 'azure', 'gcp'), default: 'generic' },
    insecure: flag,
  },
  ['image', 'interval'],
);
const status = object({
  ...reconciled,
  canonicalImageName: text,
  lastScanResult: object({ revision: text, tagCount: whole, scanTime: text, latestTags: list(text) }, ['tagCount']),
  observedExclusionList: list(text),
});

export const imageRepositoryDefinition = definition(
  imageRepositories,
  ['imgrepo', 'imagerepo'],
  { spec, status },
  [
    { name: 'Image', type: 'string', jsonPath: '.spec.image' },
    { name: 'Tags', type: 'string', jsonPath: '.status.lastScanResult.tagCount' },
    ...readyColumns,
    { name: 'Last scan', type: 'string', jsonPath: '.status.lastScanResult.scanTime', priority: 1 },
    age,
  ],
  ['v1beta2', 'v1beta1'],
);
