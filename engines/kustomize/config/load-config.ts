import { readYaml } from '@croft/encoding/yaml/read';
import { errorMessage } from '@croft/foundation/errors';
import { decodeStrict } from '../kustomization/decode.ts';
import type { Kustomization } from '../kustomization/kustomization.ts';
import { configShape } from '../kustomization/shape.ts';
import { expectUniqueKeys } from '../kustomization/unique-keys.ts';
import { type Loader, loadText } from '../source/loader.ts';
import type { Value } from '../yaml/node-value.ts';
import type { NameReference } from './default-references.ts';
import type { FieldSpec } from './field-spec.ts';
import { emptyConfig, mergeConfigs, sortConfig, type TransformerConfig } from './transformer-config.ts';

/** The transformer configurations that a kustomization names. Throws when a file is none. */
export function loadConfigurations(loader: Loader, { configurations = [] }: Kustomization): TransformerConfig {
  return configurations
    .map((path) => parseConfig(loadText(loader, path)))
    .reduce((all, next) => mergeConfigs(all, next), emptyConfig);
}

type RawSpec = Partial<FieldSpec>;
type RawReference = Partial<Omit<NameReference, 'fields'>> & { readonly fieldSpecs?: readonly RawSpec[] };

function parseConfig(text: string): TransformerConfig {
  const raw = decodeConfig(text);
  const { nameReference = [], ...lists } = raw as { nameReference?: readonly RawReference[] };
  const specs = Object.entries(lists as Readonly<Record<string, readonly RawSpec[]>>).map(([name, list]) => [
    name,
    list.map(fullSpec),
  ]);
  const references = nameReference.map(({ group = '', version = '', kind = '', fieldSpecs = [] }) => ({
    group,
    version,
    kind,
    fields: fieldSpecs.map(fullSpec),
  }));
  return sortConfig({
    ...emptyConfig,
    ...(Object.fromEntries(specs) as Partial<TransformerConfig>),
    nameReference: references,
  });
}

function decodeConfig(text: string): object {
  expectUniqueKeys(text);
  const value = readYaml(text) as Value;
  try {
    return decodeStrict(value, configShape);
  } catch (error) {
    throw new Error(`error unmarshaling JSON: while decoding JSON: ${errorMessage(error)}`);
  }
}

/** A field spec with all its parts. */
export function fullSpec({ group = '', version = '', kind = '', path = '', create = false }: RawSpec): FieldSpec {
  return { group, version, kind, path, create };
}
