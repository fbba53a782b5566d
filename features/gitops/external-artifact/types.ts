import { defineKind } from '@croft/api/kind';
import type { KubeObject } from '@croft/api/object';
import type { Condition } from '@croft/controller/conditions';
import type { Artifact } from '../types.ts';

/** An artifact that another controller makes and serves: its status is written by that one alone. */
export interface ExternalArtifact extends KubeObject {
  spec?: { sourceRef?: { apiVersion?: string; kind: string; name: string; namespace?: string } };
  status?: { artifact?: Artifact; conditions?: Condition[] };
}

export const externalArtifacts = defineKind<ExternalArtifact>(
  'source.toolkit.fluxcd.io/v1',
  'ExternalArtifact',
  'externalartifacts',
);
