import { compileExpression } from '../resource/selector.ts';
import { isIndex, isListSelector, parseListSelector } from './field-path.ts';
import { expectKind, findField, getField } from './fields.ts';
import { makeNode, makeScalar, type Node, type NodeKind } from './node.ts';
import { kindForStep, openField } from './path-lookup.ts';
import { readNode } from './read-documents.ts';

/**
 * The nodes at a path of fields, indexes, selectors (`[name=expression]`) and `*`. With a kind, what is missing is made,
 * the last of that kind. A text that holds YAML is gone into. Throws where the path cannot lead.
 */
export function matchPath(node: Node, path: readonly string[], create: NodeKind | undefined): Node[] {
  const [step, ...rest] = path;
  if (step === undefined) return [node];
  if (isIndex(step)) return matchIndex(node, Number(step), rest, create);
  if (isListSelector(step)) return matchSelector(node, step, rest, create);
  if (step === '*') {
    expectKind(node, 'sequence');
    return node.content.flatMap((item) => matchPath(item, rest, create));
  }
  return matchField(node, step, rest, create);
}

function matchField(node: Node, name: string, rest: readonly string[], create: NodeKind | undefined): Node[] {
  const field = create === undefined ? findField(node, name) : openField(node, name, kindForStep(rest[0], create));
  if (field === undefined) return [];
  if (field.kind !== 'scalar' || rest.length === 0) return matchPath(field, rest, create);
  const inner = readNode(field.value);
  return inner === undefined ? [] : matchPath(inner, rest, create);
}

function matchIndex(node: Node, index: number, rest: readonly string[], create: NodeKind | undefined): Node[] {
  expectKind(node, 'sequence');
  if (index === node.content.length && create !== undefined) {
    node.content = [...node.content, makeNode(kindForStep(rest[0], create))];
  }
  const item = node.content[index];
  if (item !== undefined) return matchPath(item, rest, create);
  throw new Error(`index ${index} specified but only ${node.content.length} elements found`);
}

function matchSelector(node: Node, step: string, rest: readonly string[], create: NodeKind | undefined): Node[] {
  const { field, value } = parseListSelector(step);
  const expression = compileExpression(value);
  expectKind(node, 'sequence');
  const search = (): Node[] =>
    node.content.flatMap((item) => {
      const text = field === '' ? item : getField(item, field);
      if (text === undefined || !expression.test(writtenText(text))) return [];
      return field === '' ? [item] : matchPath(item, rest, create);
    });
  const found = search();
  if (found.length > 0 || create === undefined) return found;
  const made = makeScalar(value);
  const item = field === '' ? made : { ...makeNode('mapping'), content: [makeScalar(field), made] };
  node.content = [...node.content, item];
  return search();
}

/** A scalar as it is written in YAML. */
function writtenText(node: Node): string {
  if (node.kind !== 'scalar') return '';
  return node.quoted ? JSON.stringify(node.value) : node.value.trim();
}
