import { customResourceDefinitions } from '@croft/api/kinds';
import type { CustomResourceDefinition } from '@croft/api/types';
import { parseManifest } from './parse-manifest.ts';
import { awaitedOf, type WaitContext, waitForObjects } from './wait.ts';

/** Applies a chart's CustomResourceDefinitions (its `crds` folder) by policy and waits until they are established. */
export async function applyDefinitions(
  context: WaitContext,
  manifests: readonly string[],
  policy: 'Skip' | 'Create' | 'CreateReplace',
  timeoutMs: number,
): Promise<void> {
  if (policy === 'Skip') return;
  const definitions = manifests.flatMap(parseManifest) as unknown as CustomResourceDefinition[];
  for (const definition of definitions) {
    const present = await context.client.find(customResourceDefinitions, { name: definition.metadata?.name ?? '' });
    if (present !== undefined && policy === 'Create') continue;
    await context.client.apply(customResourceDefinitions, definition, { force: true, fieldManager: 'helm' });
  }
  await waitForObjects(
    context,
    definitions.map((definition) => awaitedOf(customResourceDefinitions, definition)),
    { timeoutMs },
  );
}
