import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Stored } from '@croft/api/object';
import { readYaml } from '@croft/encoding/yaml/read';
import { writeYaml } from '@croft/encoding/yaml/write';
import { errorMessage } from '@croft/foundation/errors';
import type { Value } from '@croft/gotemplate/value';
import { buildKustomization } from '@croft/kustomize/build-kustomization';
import type { CommonMetadata } from '../types.ts';
import type { HelmRelease, PostRenderer } from './types.ts';

/**
 * What is done to a rendered manifest: the spec's patches and images, its common metadata, and the labels that tell whose
 * the objects are. In the order of helm-controller. Throws Error naming the post-renderer.
 */
export function createPostRender({ metadata, spec }: Stored<HelmRelease>): (manifest: string) => Promise<string> {
  const origin = {
    'helm.toolkit.fluxcd.io/name': metadata.name,
    'helm.toolkit.fluxcd.io/namespace': metadata.namespace ?? '',
  };
  return async (manifest) => {
    let text = manifest;
    for (const [index, { kustomize }] of (spec?.postRenderers ?? []).entries()) {
      if (kustomize === undefined || text.trim() === '') continue;
      try {
        text = await buildWith(text, kustomize);
      } catch (error) {
        throw new Error(`spec.postRenderers[${index}].kustomize: ${errorMessage(error)}`, { cause: error });
      }
    }
    return withMetadata(text, { ...spec?.commonMetadata, labels: { ...spec?.commonMetadata?.labels, ...origin } });
  };
}

/** A kustomize build of the manifest with patches and images. */
async function buildWith(manifest: string, { patches = [], images = [] }: NonNullable<PostRenderer['kustomize']>) {
  const root = await mkdtemp(join(tmpdir(), 'croft-post-render-'));
  try {
    const kustomization = { resources: ['helm-output.yaml'], patches, images };
    await writeFile(join(root, 'helm-output.yaml'), manifest, { mode: 0o600 });
    await writeFile(join(root, 'kustomization.yaml'), JSON.stringify(kustomization), { mode: 0o600 });
    return buildKustomization({ root, path: '.' }).yaml;
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** The manifest with labels and annotations on each object, lists' included; all else keeps its meaning to the digit. */
function withMetadata(manifest: string, common: CommonMetadata): string {
  const documents = manifest.split(/^---.*$/m).flatMap((text) => {
    const value = readYaml(text);
    return value instanceof Map ? [`---\n${writeYaml(markObject(value, common))}`] : [];
  });
  return documents.join('');
}

type Node = Map<string, Value>;

function markObject(object: Node, common: CommonMetadata): Node {
  const items = object.get('items');
  if (String(object.get('kind')).endsWith('List') && Array.isArray(items)) {
    const marked = items.map((item) => (item instanceof Map ? markObject(item as Node, common) : item));
    return new Map(object).set('items', marked);
  }
  const metadata = new Map(mapOf(object.get('metadata')));
  for (const field of ['labels', 'annotations'] as const) {
    const added = Object.entries(common[field] ?? {});
    if (added.length > 0) metadata.set(field, new Map([...mapOf(metadata.get(field)), ...added]));
  }
  return new Map(object).set('metadata', metadata);
}

function mapOf(value: Value | undefined): Node {
  return value instanceof Map ? (value as Node) : new Map();
}
