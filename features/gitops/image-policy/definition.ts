import { age, definition, duration, flag, object, oneOf, readyColumns, reconciled, text } from '../schema-words.ts';
import { imagePolicies } from './types.ts';

const ordered = object({ order: { ...oneOf('asc', 'desc'), default: 'asc' } });
const imageReference = object({ name: text, tag: text, digest: text }, ['name', 'tag']);

const spec = object(
  {
    imageRepositoryRef: object({ name: text, namespace: text }, ['name']),
    policy: object({ semver: object({ range: text }, ['range']), alphabetical: ordered, numerical: ordered }),
    filterTags: object({ pattern: text, extract: text }),
    digestReflectionPolicy: { ...oneOf('Always', 'IfNotPresent', 'Never'), default: 'Never' },
    interval: duration,
    suspend: flag,
  },
  ['imageRepositoryRef', 'policy'],
);
const status = object({
  ...reconciled,
  latestRef: imageReference,
  observedPreviousRef: imageReference,
  latestImage: text,
});

export const imagePolicyDefinition = definition(
  imagePolicies,
  ['imgpol', 'imagepol'],
  { spec, status },
  [
    { name: 'Image', type: 'string', jsonPath: '.status.latestRef.name' },
    { name: 'Tag', type: 'string', jsonPath: '.status.latestRef.tag' },
    ...readyColumns,
    age,
  ],
  ['v1beta2', 'v1beta1'],
);
