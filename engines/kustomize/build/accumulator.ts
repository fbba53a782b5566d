import { emptyConfig, mergeConfigs, type TransformerConfig } from '../config/transformer-config.ts';
import { ResourceList } from '../resource/resource-list.ts';
import { type FullVariable, mergeVariables } from '../transform/variables.ts';

/** What a kustomization has come to: its objects, which fields its transformers know, and its variables. */
export interface Accumulator {
  readonly list: ResourceList;
  config: TransformerConfig;
  variables: readonly FullVariable[];
}

export function startAccumulator(): Accumulator {
  return { list: new ResourceList(), config: emptyConfig, variables: [] };
}

/** Adds what another kustomization has come to. Throws when both have an object or a variable of one name. */
export function mergeAccumulators(into: Accumulator, other: Accumulator): void {
  into.list.append(other.list.items);
  into.config = mergeConfigs(into.config, other.config);
  into.variables = mergeVariables(into.variables, other.variables);
}
