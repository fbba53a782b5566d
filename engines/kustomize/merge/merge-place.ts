import type { Node } from '../yaml/node.ts';
import type { FindSchema, MergeSchema } from './merge-schema.ts';

/** What is there, what the patch says of it, and what is known of the place. */
export interface MergePlace {
  readonly target: Node | undefined;
  readonly patch: Node | undefined;
  readonly schema: MergeSchema | undefined;
  readonly findSchema: FindSchema;
}
