import type { CustomResourceDefinition } from '@croft/api/types';
import { helmReleaseDefinition } from './helm-release/definition.ts';
import { kustomizationDefinition } from './kustomization/definition.ts';
import { receiverDefinition } from './receiver/definition.ts';
import {
  age,
  artifact,
  definition,
  duration,
  flag,
  named,
  object,
  readyColumns,
  reconciled,
  text,
} from './schema-words.ts';
import { gitRepositories } from './types.ts';

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

/** The CustomResourceDefinitions of the kinds that the controllers here reconcile, with Flux's names and columns. */
export const gitopsDefinitions: readonly CustomResourceDefinition[] = [
  definition(gitRepositories, ['gitrepo'], gitRepository, [
    { name: 'URL', type: 'string', jsonPath: '.spec.url' },
    age,
    ...readyColumns,
  ]),
  kustomizationDefinition,
  helmReleaseDefinition,
  receiverDefinition,
];
