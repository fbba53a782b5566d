import { extname, join, resolve } from 'node:path';
import { writeYaml } from '@croft/encoding/yaml/write';
import { errorMessage } from '@croft/foundation/errors';
import { decodeLoose } from '../kustomization/decode.ts';
import { type Image, type Kustomization, kustomizationFiles, type Patch } from '../kustomization/kustomization.ts';
import { kustomizationShape } from '../kustomization/shape.ts';
import { readResources } from '../resource/read-resources.ts';
import { isRemote } from '../source/loader.ts';
import type { SourceReader } from '../source/reader.ts';
import { fromPlain, type Value } from '../yaml/node-value.ts';

/** What the spec of a Flux Kustomization says of the build. */
export interface FluxSpec {
  readonly targetNamespace?: string;
  readonly namePrefix?: string;
  readonly nameSuffix?: string;
  readonly patches?: readonly Patch[];
  readonly images?: readonly Image[];
  readonly components?: readonly string[];
  readonly ignoreMissingComponents?: boolean;
  readonly buildMetadata?: readonly string[];
}

export interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}

/**
 * The kustomization file that Flux builds a folder with: the folder's own, or one that lists its manifests, with what
 * the spec says put in. Unknown fields are lost. Throws when a manifest cannot be read.
 */
export function generateKustomization(reader: SourceReader, folder: string, spec: FluxSpec): GeneratedFile {
  const path = kustomizationFiles.map((name) => join(folder, name)).find((file) => isFile(reader, file));
  const base = path === undefined ? listManifests(reader, folder) : readExisting(reader, path);
  const kustomization = applySpec(reader, folder, base, spec);
  return { path: path ?? join(folder, 'kustomization.yaml'), text: writeYaml(toValue(kustomization)) };
}

const header = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' };

function isFile(reader: SourceReader, path: string): boolean {
  return reader.exists(path) && !reader.isFolder(path);
}

/** Without resources Flux switches origins on, lest the file count as empty. */
function readExisting(reader: SourceReader, path: string): Kustomization {
  const text = readText(reader, path);
  const read = { ...header, ...(decodeLoose(text, kustomizationShape) as Kustomization) };
  return (read.resources ?? []).length > 0 ? read : { ...read, buildMetadata: ['originAnnotations'] };
}

function readText(reader: SourceReader, path: string): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(reader.readFile(path));
}

function listManifests(reader: SourceReader, folder: string): Kustomization {
  const resources = scanFolder(reader, folder).map((path) => path.replace(folder, '.'));
  return resources.length === 0 ? { ...header, namespace: '_placeholder' } : { ...header, resources };
}

/** All YAML files, and folders with a kustomization of their own, in the order of their names. */
function scanFolder(reader: SourceReader, folder: string): string[] {
  return reader.readFolder(folder).flatMap((name) => {
    const path = join(folder, name);
    if (reader.isFolder(path)) {
      const isKustomization = kustomizationFiles.some((file) => isFile(reader, join(path, file)));
      return isKustomization ? [path] : scanFolder(reader, path);
    }
    if (!['.yaml', '.yml'].includes(extname(name))) return [];
    checkManifest(reader, path);
    return [path];
  });
}

function checkManifest(reader: SourceReader, path: string): void {
  const text = readText(reader, path);
  try {
    readResources(text);
  } catch (error) {
    throw new Error(`failed to decode Kubernetes YAML from ${path}: ${errorMessage(error)}`);
  }
}

function applySpec(reader: SourceReader, folder: string, base: Kustomization, spec: FluxSpec): Kustomization {
  const { targetNamespace: namespace, namePrefix, nameSuffix, buildMetadata = [] } = spec;
  const components = (spec.components ?? []).filter((path) => wantsComponent(reader, folder, path, spec));
  return {
    ...base,
    ...(namespace === undefined ? {} : { namespace }),
    ...(namePrefix === undefined ? {} : { namePrefix }),
    ...(nameSuffix === undefined ? {} : { nameSuffix }),
    ...(buildMetadata.length === 0 ? {} : { buildMetadata }),
    patches: [
      ...(base.patches ?? []),
      ...(spec.patches ?? []).map(({ patch = '', target }) => makePatch(patch, target)),
    ],
    components: [...(base.components ?? []), ...components],
    images: (spec.images ?? []).reduce(mergeImage, base.images ?? []),
  };
}

function makePatch(patch: string, target: Patch['target']): Patch {
  return target === undefined ? { patch } : { patch, target };
}

function wantsComponent(reader: SourceReader, folder: string, path: string, spec: FluxSpec): boolean {
  if (path.startsWith('/') || isRemote(path)) throw new Error(`component path '${path}' must be local and relative`);
  return spec.ignoreMissingComponents !== true || reader.exists(resolve(folder, path));
}

/** What the spec says of an image goes over what the file says; a new tag takes the digest's place, and the other way. */
function mergeImage(images: readonly Image[], image: Image): readonly Image[] {
  const at = images.findIndex(({ name }) => name === image.name);
  const known = images[at];
  if (known === undefined) return [...images, image];
  const { newTag: _tag, digest: _digest, ...rest } = known;
  const version = image.newTag || image.digest ? { newTag: image.newTag ?? '', digest: image.digest ?? '' } : known;
  return images.with(at, { ...rest, ...version, ...(image.newName ? { newName: image.newName } : {}) });
}

/** The file's content, without what is empty. */
function toValue(kustomization: Kustomization): Value {
  return prune(fromPlain(kustomization));
}

function prune(value: Value): Value {
  if (Array.isArray(value)) return value.map(prune);
  if (!(value instanceof Map)) return value;
  const kept = [...value].map(([key, item]) => [key, prune(item)] as const).filter(([, item]) => !isEmpty(item));
  return new Map(kept);
}

function isEmpty(value: Value | undefined): boolean {
  if (value === undefined || value === null || value === '' || value === false) return true;
  if (Array.isArray(value)) return value.length === 0;
  return value instanceof Map && value.size === 0;
}
