import type { Kind } from '@croft/api/kind';
import type { CustomResourceDefinition } from '@croft/api/types';
import {
  age,
  artifact,
  definition,
  duration,
  flag,
  readyColumns,
  reconciled,
  type Schema,
  text,
} from '../schema-words.ts';

/** Fields that the kinds of sources have in common. */
export const sourceSpec: Record<string, Schema> = {
  interval: duration,
  timeout: { type: 'string', pattern: '^([0-9]+(\\.[0-9]+)?(ms|s|m))+$', default: '60s' },
  suspend: flag,
};
export const sourceStatus: Record<string, Schema> = { ...reconciled, artifact, url: text };
export const urlColumn = { name: 'URL', type: 'string', jsonPath: '.spec.url' };
/** Whose login is used. */
export const provider: Schema = { type: 'string', enum: ['generic', 'aws', 'azure', 'gcp'], default: 'generic' };

/** Many repositories name the kinds by this version still. */
const olderVersions = ['v1beta2'];

/** The definition of a kind of source; its own columns come first, as in Flux. */
export function sourceDefinition(
  kind: Kind,
  shortNames: string[],
  { spec, status, columns }: { spec: Schema; status: Schema; columns: typeof readyColumns },
): CustomResourceDefinition {
  return definition(kind, shortNames, { spec, status }, [...columns, age, ...readyColumns], olderVersions);
}
