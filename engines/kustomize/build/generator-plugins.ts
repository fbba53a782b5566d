import { type CloudAccountArgs, cloudAccountShape, generateCloudAccount } from '../generate/cloud-account.ts';
import { generateConfigMap, generateSecret } from '../generate/generate.ts';
import { decodeLoose } from '../kustomization/decode.ts';
import type { GeneratorArgs } from '../kustomization/kustomization.ts';
import { configMapArgsShape, objectMetaShape, type StructShape, secretArgsShape } from '../kustomization/shape.ts';
import { gvkOf, kindOf, type Resource } from '../resource/resource.ts';
import { formatGvk } from '../resource/resource-id.ts';
import { configurePlugin, validateBuiltin } from './plugin.ts';
import type { Target } from './target.ts';

/** What a plugin's object says to generate. Throws when it is none of those built in. */
export function readGeneratorPlugin(plugin: Resource, { loader }: Target): () => Resource[] {
  validateBuiltin(plugin);
  const kind = kindOf(plugin.node);
  if (kind === 'ConfigMapGenerator') {
    const args = readArgs(plugin, configMapArgsShape);
    return () => [generateConfigMap(args, loader)];
  }
  if (kind === 'SecretGenerator') {
    const args = readArgs(plugin, secretArgsShape);
    return () => [generateSecret(args, loader)];
  }
  if (kind === 'IAMPolicyGenerator') {
    const args = configurePlugin(plugin, (text) => decodeLoose(text, cloudAccountShape)) as CloudAccountArgs;
    return () => [generateCloudAccount(args)];
  }
  if (kind === 'HelmChartInflationGenerator') {
    return configurePlugin(plugin, () => {
      throw new Error('must specify --enable-helm');
    });
  }
  throw new Error(`unable to load builtin ${formatGvk(gvkOf(plugin.node))}`);
}

/** The plugin's own name stands for the name of what it generates. */
function readArgs(plugin: Resource, shape: StructShape): GeneratorArgs {
  const embedded = Object.keys(shape.fields).map((name) => {
    const inner = shape.embedded?.[name];
    return [name, inner === undefined ? shape.name : `${shape.name}.${inner}`];
  });
  const full: StructShape = {
    ...shape,
    name: `${kindOf(plugin.node)}Plugin`,
    fields: { ...shape.fields, metadata: objectMetaShape },
    embedded: Object.fromEntries(embedded),
  };
  const { metadata, ...args } = configurePlugin(plugin, (text) => decodeLoose(text, full)) as GeneratorArgs & {
    readonly metadata?: { readonly name?: string; readonly namespace?: string };
  };
  return {
    ...args,
    name: args.name || (metadata?.name ?? ''),
    namespace: args.namespace || (metadata?.namespace ?? ''),
  };
}
