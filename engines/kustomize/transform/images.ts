import type { FieldSpec } from '../config/field-spec.ts';
import type { Image } from '../kustomization/kustomization.ts';
import { kindOf } from '../resource/resource.ts';
import type { ResourceList } from '../resource/resource-list.ts';
import { compileExpression } from '../resource/selector.ts';
import { expectKind, getField } from '../yaml/fields.ts';
import { isNull, type Node } from '../yaml/node.ts';
import { applySpecs } from './apply-spec.ts';
import { setterOf } from './set-entry.ts';

export interface ImageName {
  readonly name: string;
  readonly tag: string;
  readonly digest: string;
}

/** Cuts `registry:5000/name:tag@digest` into its parts. */
export function parseImage(image: string): ImageName {
  const slash = Math.max(0, image.indexOf('/'));
  const colon = image.indexOf(':', slash);
  const at = image.indexOf('@', slash);
  if (at >= 0 && (colon < 0 || at < colon)) return { name: image.slice(0, at), tag: '', digest: image.slice(at + 1) };
  if (colon < 0) return { name: image, tag: '', digest: '' };
  if (at < 0) return { name: image.slice(0, colon), tag: image.slice(colon + 1), digest: '' };
  return { name: image.slice(0, colon), tag: image.slice(colon + 1, at), digest: image.slice(at + 1) };
}

/** The image's new name. A new tag takes the digest's place, and a digest the tag's. */
export function changeImage(image: string, change: Image): string {
  const parts = parseImage(image);
  const name = change.newName || parts.name;
  const { tag, digest } = newVersion(parts, change);
  return `${name}${tag === '' ? '' : `:${tag}`}${digest === '' ? '' : `@${digest}`}`;
}

function newVersion(parts: ImageName, { newTag = '', digest = '', tagSuffix = '' }: Image): Omit<ImageName, 'name'> {
  if (newTag !== '' || digest !== '') return { tag: newTag, digest };
  if (tagSuffix !== '') return { tag: parts.tag + tagSuffix, digest: '' };
  return parts;
}

/**
 * Changes an image in containers wherever they stand in an object, and then once more in the fields of the specs: a
 * suffix is appended twice, as kustomize does. The name is a regular expression.
 */
export function applyImage(list: ResourceList, image: Image, specs: readonly FieldSpec[]): void {
  const set = imageSetter(image);
  const objects = list.items.filter(({ node }) => kindOf(node) !== 'CustomResourceDefinition');
  for (const { node } of objects) walkContainers(node, set);
  for (const { node } of objects) applySpecs(node, specs, set);
}

/** A name that is no expression is an error where there is an image to compare it with. */
function imageSetter(image: Image): (node: Node) => void {
  let expression: ReturnType<typeof compileName> | undefined;
  return (node) => {
    expectKind(node, 'scalar');
    expression ??= compileName(image);
    if (expression.test(node.value)) setterOf('', changeImage(node.value, image))(node);
  };
}

function compileName(image: Image): { test(text: string): boolean } {
  const version = '(:[a-zA-Z0-9_.{}-]*)?(@sha256:[a-zA-Z0-9_.{}-]*)?';
  try {
    return compileExpression(`^${image.name ?? ''}${version}$`);
  } catch (error) {
    throw new Error(
      `image name ${JSON.stringify(image.name)}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function walkContainers(node: Node, set: (node: Node) => void): void {
  if (node.kind === 'sequence') for (const item of node.content) walkContainers(item, set);
  if (node.kind !== 'mapping') return;
  for (let i = 0; i + 1 < node.content.length; i += 2) {
    const value = node.content[i + 1] as Node;
    walkContainers(value, set);
    const name = node.content[i]?.value;
    if ((name === 'containers' || name === 'initContainers') && value.kind === 'sequence') {
      for (const container of value.content) setImageOf(container, set);
    }
  }
}

function setImageOf(container: Node, set: (node: Node) => void): void {
  if (isNull(container)) return;
  expectKind(container, 'mapping');
  const image = getField(container, 'image');
  if (image !== undefined) set(image);
}
