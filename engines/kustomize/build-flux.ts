import { resolve } from 'node:path';
import type { UnknownObject } from '@croft/api/object';
import { writeYaml } from '@croft/encoding/yaml/write';
import { type BuildResult, buildResources } from './build-kustomization.ts';
import { type FluxSpec, generateKustomization } from './flux/generate-kustomization.ts';
import { applyPostBuild, type PostBuild } from './flux/post-build.ts';
import { createDiskReader, overlayFile, type SourceReader } from './source/reader.ts';
import { buildWithRemotes, type FetchRemote, type FindRemote } from './source/remote.ts';
import { fromPlain, nodeToValue, toPlain, type Value } from './yaml/node-value.ts';

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

/** What a build may wait for. */
export interface FluxBuildHelpers {
  /** How addresses on other machines are followed; they are refused without it. */
  readonly fetchRemote?: FetchRemote;
  /** Changes objects on the way, such as decrypts them. */
  readonly change?: ChangeObject;
}

/** Gives another object in place of one, before variables are put in; undefined: it stays. */
export type ChangeObject = (object: UnknownObject) => Promise<UnknownObject | undefined>;

/** Builds a folder as Flux does for a Kustomization: file, spec, build, variables. Nothing is written. Throws with Flux's words. */
export function buildFluxKustomization(options: FluxBuildOptions): FluxBuildResult {
  const build = buildFolder(options);
  return finish(options, build, []);
}

/** Like buildFluxKustomization, with help. */
export async function buildFluxWith(options: FluxBuildOptions, helpers: FluxBuildHelpers): Promise<FluxBuildResult> {
  const { fetchRemote, change } = helpers;
  const build =
    fetchRemote === undefined
      ? buildFolder(options)
      : await buildWithRemotes(fetchRemote, (find) => buildFolder(options, find));
  if (change === undefined) return finish(options, build, []);
  const changed: (Value | undefined)[] = [];
  for (const { node } of build.list.items) {
    const object = await change(toPlain(nodeToValue(node)) as UnknownObject);
    changed.push(object === undefined ? undefined : fromPlain(object));
  }
  return finish(options, build, changed);
}

function buildFolder({ root, path, spec = {}, reader }: FluxBuildOptions, findRemote?: FindRemote) {
  const disk = reader ?? createDiskReader(root);
  const file = generateKustomization(disk, disk.resolve(resolve(root, path)), spec);
  const overlaid = overlayFile(disk, file.path, file.text);
  return { file, ...buildResources({ root, path, reader: overlaid, flux: true, findRemote }) };
}

function finish(
  { postBuild = { variables: new Map() } }: FluxBuildOptions,
  { list, warnings, file }: ReturnType<typeof buildFolder>,
  changed: readonly (Value | undefined)[],
): FluxBuildResult {
  const values = list.items.map((resource, index) => applyPostBuild(resource, postBuild, changed[index]));
  return {
    objects: values.map((value) => toPlain(value) as UnknownObject),
    yaml: values.map((value) => writeYaml(value)).join('---\n'),
    warnings,
    kustomization: file.text,
  };
}
