import { addTransformation, type Origin } from '../resource/origin.ts';
import { copyResource, labelsOf, setLabels } from '../resource/resource.ts';
import type { ResourceList } from '../resource/resource-list.ts';
import type { Accumulator } from './accumulator.ts';
import { builtinTransformers } from './builtin-transformers.ts';
import { pluginOrigin, type ReadPlugins } from './plugin.ts';
import { renderObject } from './render-object.ts';
import type { Target } from './target.ts';
import { readTransformerPlugin } from './transformer-plugins.ts';

/** A change to all objects. */
export type Transform = (list: ResourceList) => void;

export interface Transformer {
  readonly transform: Transform;
  readonly origin: Origin | undefined;
}

/** Carries out the transformers of a kustomization: those of its fields, then its plugins. */
export function runTransformers(target: Target, accumulator: Accumulator, readPlugins: ReadPlugins): void {
  const { list, config } = accumulator;
  const fields = builtinTransformers(target, config);
  const plugins = readTransformers(target, target.kustomization.transformers ?? [], readPlugins);
  for (const { transform, origin } of [...fields, ...plugins]) {
    transform(list);
    if (origin !== undefined) addTransformation(list, origin);
    list.dropEmpty();
  }
}

function readTransformers(target: Target, entries: readonly string[], readPlugins: ReadPlugins): Transformer[] {
  return readPlugins(target, entries).items.map((plugin) => ({
    transform: readTransformerPlugin(plugin, target),
    origin: target.origin === undefined ? undefined : pluginOrigin(plugin),
  }));
}

/** Runs plugins that look at objects and may only label them. Throws when one changes anything else. */
export function runValidators(target: Target, { list }: Accumulator, readPlugins: ReadPlugins): void {
  for (const { transform } of readTransformers(target, target.kustomization.validators ?? [], readPlugins)) {
    const before = list.items.map(({ node }) => renderObject(node));
    transform(list);
    const after = list.items.map((item) => {
      const { node } = copyResource(item);
      const labels = labelsOf(node);
      if (labels.delete('validated-by')) setLabels(node, labels);
      return renderObject(node);
    });
    if (before.join('---\n') === after.join('---\n')) continue;
    throw new Error("validator shouldn't modify the resource map");
  }
}
