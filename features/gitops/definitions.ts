import type { CustomResourceDefinition } from '@croft/api/types';
import { alertDefinition } from './alert/definition.ts';
import { helmReleaseDefinition } from './helm-release/definition.ts';
import { imagePolicyDefinition } from './image-policy/definition.ts';
import { imageRepositoryDefinition } from './image-repository/definition.ts';
import { kustomizationDefinition } from './kustomization/definition.ts';
import { olderReleaseDefinition } from './older-release/definition.ts';
import { providerDefinition } from './provider/definition.ts';
import { receiverDefinition } from './receiver/definition.ts';
import { sourceDefinitions } from './start-sources.ts';

/** The CustomResourceDefinitions of the kinds that the controllers here reconcile, with Flux's names and columns. */
export const gitopsDefinitions: readonly CustomResourceDefinition[] = [
  ...sourceDefinitions,
  kustomizationDefinition,
  helmReleaseDefinition,
  olderReleaseDefinition,
  imageRepositoryDefinition,
  imagePolicyDefinition,
  receiverDefinition,
  providerDefinition,
  alertDefinition,
];
