import { age, artifact, definition, object, readyColumns, reconciled, text } from '../schema-words.ts';
import { externalArtifacts } from './types.ts';

export const externalArtifactDefinition = definition(
  externalArtifacts,
  ['ea'],
  {
    spec: object({
      sourceRef: object({ apiVersion: text, kind: text, name: text, namespace: text }, ['kind', 'name']),
    }),
    status: object({ artifact, conditions: reconciled.conditions }),
  },
  [age, ...readyColumns, { name: 'Source', type: 'string', jsonPath: '.spec.sourceRef.name' }],
);
