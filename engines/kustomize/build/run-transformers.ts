import { errorMessage } from '@croft/foundation/errors';
import { addTransformation } from '../resource/origin.ts';
import { renderObject } from '../resource/render-object.ts';
import { copyResource, currentId, labelsOf, type Resource, setLabels } from '../resource/resource.ts';
import { formatId, sameId } from '../resource/resource-id.ts';
import type { Accumulator } from './accumulator.ts';
import { builtinTransformers } from './builtin-transformers.ts';
import { pluginOrigin, type ReadPlugins } from './plugin.ts';
import type { Target } from './target.ts';
import type { Transformer } from './transform.ts';
import { readTransformerPlugin } from './transformer-plugins.ts';

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
    const before = list.items.map(copyResource);
    transform(list);
    try {
      expectSame(before, list.items.map(withoutMark));
    } catch (error) {
      throw new Error(`validator shouldn't modify the resource map: ${errorMessage(error)}`);
    }
  }
}

function withoutMark(resource: Resource): Resource {
  const copy = copyResource(resource);
  const labels = labelsOf(copy.node);
  if (labels.delete('validated-by')) setLabels(copy.node, labels);
  return copy;
}

function expectSame(before: readonly Resource[], after: readonly Resource[]): void {
  if (before.length !== after.length) throw new Error('lists have different number of entries');
  for (const { node } of before) {
    const id = currentId(node);
    const same = after.find((other) => sameId(id, currentId(other.node)));
    if (same === undefined) throw new Error(`id in self missing from other; id: ${formatId(id)}`);
    const [old, now] = [renderObject(node), renderObject(same.node)];
    if (old !== now) throw new Error(`nodes unequal: \n -- ${old},\n -- ${now}`);
  }
}
