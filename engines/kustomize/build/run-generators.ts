import { writeYaml } from '@croft/encoding/yaml/write';
import { errorMessage } from '@croft/foundation/errors';
import { absorbGenerated } from '../generate/absorb.ts';
import { generateConfigMap, generateSecret, mergeOptions } from '../generate/generate.ts';
import type { GeneratorArgs } from '../kustomization/kustomization.ts';
import { addOrigin, type Origin } from '../resource/origin.ts';
import type { Resource } from '../resource/resource.ts';
import { ResourceList } from '../resource/resource-list.ts';
import { fromPlain } from '../yaml/node-value.ts';
import { readGeneratorPlugin } from './generator-plugins.ts';
import { pluginOrigin, type ReadPlugins } from './plugin.ts';
import { builtinOrigin, type Target } from './target.ts';

interface Generator {
  readonly kind: string;
  readonly origin: Origin | undefined;
  readonly generate: () => Resource[];
}

/** Makes ConfigMaps and Secrets and what plugins generate. Charts are refused, as kustomize refuses them. */
export function runGenerators(target: Target, list: ResourceList, readPlugins: ReadPlugins): void {
  for (const generator of [...builtinGenerators(target), ...pluginGenerators(target, readPlugins)]) {
    const made = new ResourceList(generator.generate());
    if (generator.origin !== undefined) addOrigin(made, generator.origin);
    try {
      absorbGenerated(list, made.items);
    } catch (error) {
      throw new Error(`merging from generator ${generator.kind}: ${errorMessage(error)}`);
    }
  }
}

function builtinGenerators(target: Target): Generator[] {
  const { kustomization, loader } = target;
  const make =
    (kind: string, generate: typeof generateConfigMap) =>
    (args: GeneratorArgs): Generator => {
      const options = mergeOptions(args.options, kustomization.generatorOptions);
      const full = options === undefined ? args : { ...args, options };
      return { kind, origin: builtinOrigin(target, kind), generate: () => [generate(full, loader)] };
    };
  const generators = [
    ...(kustomization.configMapGenerator ?? []).map(make('ConfigMapGenerator', generateConfigMap)),
    ...(kustomization.secretGenerator ?? []).map(make('SecretGenerator', generateSecret)),
  ];
  const [chart] = kustomization.helmCharts ?? [];
  if (chart === undefined) return generators;
  const config = writeYaml(fromPlain(chart));
  throw new Error(
    `trouble configuring builtin HelmChartInflationGenerator with config: \`\n${config}\`: must specify --enable-helm`,
  );
}

function pluginGenerators(target: Target, readPlugins: ReadPlugins): Generator[] {
  try {
    return readPlugins(target, target.kustomization.generators ?? []).items.map((plugin) => ({
      kind: 'plugin',
      origin: target.origin === undefined ? undefined : pluginOrigin(plugin),
      generate: loadGenerator(plugin, target),
    }));
  } catch (error) {
    throw new Error(`loading generator plugins: ${errorMessage(error)}`);
  }
}

function loadGenerator(plugin: Resource, target: Target): () => Resource[] {
  try {
    return readGeneratorPlugin(plugin, target);
  } catch (error) {
    throw new Error(`failed to load generator: ${errorMessage(error)}`);
  }
}
