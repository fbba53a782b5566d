import { setField } from '../yaml/fields.ts';
import { makeNode, type Node } from '../yaml/node.ts';
import type { Setter } from './apply-spec.ts';

/**
 * Sets an entry, or the node itself for the name ''. The places that one setter fills for the first time share their
 * value: a later change of one changes the others too, as in kustomize.
 */
export function setterOf(name: string, value: string, tag = ''): Setter {
  const shared = makeNode('scalar', value, tag);
  return (node: Node) => setField(node, name, shared);
}
