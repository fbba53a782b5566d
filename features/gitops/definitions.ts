import type { CustomResourceDefinition } from '@croft/api/types';
import { helmReleaseDefinition } from './helm-release/definition.ts';
import { kustomizationDefinition } from './kustomization/definition.ts';
import { receiverDefinition } from './receiver/definition.ts';
import { sourceDefinitions } from './start-sources.ts';

/** The CustomResourceDefinitions of the kinds that the controllers here reconcile, with Flux's names and columns. */
export const gitopsDefinitions: readonly CustomResourceDefinition[] = [
  ...sourceDefinitions,
  kustomizationDefinition,
  helmReleaseDefinition,
  receiverDefinition,
];
