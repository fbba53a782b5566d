import { writeYaml } from '@croft/encoding/yaml/write';
import type { Node } from '../yaml/node.ts';
import { nodeToValue } from '../yaml/node-value.ts';

/** An object as kustomize writes it: keys sorted, in the style of go-yaml v2. */
export function renderObject(node: Node): string {
  return writeYaml(nodeToValue(node));
}
