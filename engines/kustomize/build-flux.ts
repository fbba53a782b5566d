import { resolve } from 'node:path';
import type { UnknownObject } from '@croft/api/object';
import { writeYaml } from '@croft/encoding/yaml/write';
import { type BuildResult, buildResources } from './build-kustomization.ts';
import { type FluxSpec, generateKustomization } from './flux/generate-kustomization.ts';
import { applyPostBuild, type PostBuild } from './flux/post-build.ts';
import { createDiskReader, overlayFile, type SourceReader } from './source/reader.ts';
import { toPlain } from './yaml/node-value.ts';

export interface FluxBuildOptions {
  /** The folder of the source, which nothing is read from outside of. */
  readonly root: string;
  /** The folder to build, seen from the root. */
  readonly path: string;
  /** What the Kustomization's spec says. */
  readonly spec?: FluxSpec;
  /** Variables of `postBuild`. */
  readonly postBuild?: PostBuild;
  readonly reader?: SourceReader;
}

export interface FluxBuildResult extends BuildResult {
  /** The kustomization file that was built: the folder's own or a made one, with the spec put in. */
  readonly kustomization: string;
}

/** Builds a folder as Flux does for a Kustomization: file, spec, build, variables. Nothing is written. Throws with Flux's words. */
export function buildFluxKustomization(options: FluxBuildOptions): FluxBuildResult {
  const { root, path, spec = {}, postBuild = { variables: new Map() } } = options;
  const disk = options.reader ?? createDiskReader(root);
  const file = generateKustomization(disk, disk.resolve(resolve(root, path)), spec);
  const reader = overlayFile(disk, file.path, file.text);
  const { list, warnings } = buildResources({ root, path, reader, flux: true });
  const values = list.items.map((resource) => applyPostBuild(resource, postBuild));
  return {
    objects: values.map((value) => toPlain(value) as UnknownObject),
    yaml: values.map((value) => writeYaml(value)).join('---\n'),
    warnings,
    kustomization: file.text,
  };
}
