import type { Origin } from '../resource/origin.ts';
import type { ResourceList } from '../resource/resource-list.ts';

/** A change to all objects. */
export type Transform = (list: ResourceList) => void;

export interface Transformer {
  readonly transform: Transform;
  readonly origin: Origin | undefined;
}
