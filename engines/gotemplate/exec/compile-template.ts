import { findDisplayText } from '../fmt/methods.ts';
import { quoteString } from '../fmt/quote.ts';
import { display } from '../fmt/sprint.ts';
import type { FunctionLookup } from '../functions.ts';
import type { ActionNode, BranchNode, ListNode, Node, TemplateNode, Tree } from '../parse/node.ts';
import { describeNode } from '../parse/node.ts';
import { isTrue } from '../reflect/truth.ts';
import { GoFunc, GoPointer, GoStruct, type Maybe, typeName } from '../value.ts';
import { compileLoosePipe, compileOperand, compilePipe } from './compile-expression.ts';
import { compileRange } from './compile-range.ts';
import { BREAK, CONTINUE, type CompiledTemplate, charge, createFrame, GO_ON, type Step } from './frame.ts';
import { enterTemplate } from './nesting.ts';
import { failAt, type Place } from './place.ts';
import { compileLater, declareVariable, type Scope } from './scope.ts';

/** Compiles a template to closures when it is executed first. `functions` give the signatures. */
export function compileTemplate(tree: Tree, functions: FunctionLookup): CompiledTemplate {
  let body: Step | undefined;
  const scope: Scope = { tree, functions, variables: undefined, slots: { count: 0 }, compileOperand, compileList };
  return {
    name: tree.name,
    body: () => {
      if (body === undefined) {
        declareVariable(scope, '$');
        body = compileList(scope, tree.root);
      }
      return body;
    },
  };
}

/** Nodes in order; variables that are declared within go out of scope at the end. */
function compileList(scope: Scope, list: ListNode): Step {
  const mark = scope.variables;
  const steps = list.nodes.map((node) => compileNode(scope, node));
  scope.variables = mark;
  const [only] = steps;
  if (only !== undefined && steps.length === 1) return only;
  return (frame) => {
    for (const step of steps) {
      const signal = step(frame);
      if (signal !== GO_ON) return signal;
    }
    return GO_ON;
  };
}

function compileNode(scope: Scope, node: Node): Step {
  switch (node.kind) {
    case 'text': {
      const { text } = node;
      return (frame) => {
        frame.run.out += text;
        return GO_ON;
      };
    }
    case 'action':
      return compileAction(scope, node);
    case 'if':
    case 'with':
      return compileBranch(scope, node);
    case 'range':
      return compileRange(scope, node);
    case 'template':
      return compileTemplateCall(scope, node);
    case 'break':
      return () => BREAK;
    case 'continue':
      return () => CONTINUE;
  }
}

function compileAction(scope: Scope, node: ActionNode): Step {
  const value = compileLoosePipe(scope, node.pipe);
  const place: Place = { tree: scope.tree, node };
  if (node.pipe.declarations.length > 0) {
    return (frame) => {
      charge(frame.run);
      value(frame);
      return GO_ON;
    };
  }
  return (frame) => {
    charge(frame.run);
    const result = value(frame);
    frame.run.out += typeof result === 'string' ? result : printable(result, place);
    return GO_ON;
  };
}

/** A value as an action prints it: pointers show what they point to. */
function printable(value: Maybe, place: Place): string {
  if (value === undefined || value === null) return '<no value>';
  if (value instanceof GoPointer && value.target !== null)
    return findDisplayText(value) ?? printable(value.target, place);
  if (value instanceof GoFunc) failAt(place, `can't print ${describeNode(place.node)} of type ${typeName(value)}`);
  return (value instanceof GoStruct ? findDisplayText(value, true) : undefined) ?? display(value);
}

function compileBranch(scope: Scope, node: BranchNode): Step {
  const mark = scope.variables;
  const setsDot = node.kind === 'with';
  const value = setsDot ? compilePipe(scope, node.pipe) : compileLoosePipe(scope, node.pipe);
  const then = compileLater(scope, node.list);
  const otherwise = node.elseList === undefined ? undefined : compileLater(scope, node.elseList);
  scope.variables = mark;
  return (frame) => {
    const result = value(frame);
    if (!isTrue(result)) return otherwise === undefined ? GO_ON : otherwise()(frame);
    if (!setsDot) return then()(frame);
    const { dot, dotWrapped } = frame;
    frame.dot = result;
    frame.dotWrapped = false;
    const signal = then()(frame);
    frame.dot = dot;
    frame.dotWrapped = dotWrapped;
    return signal;
  };
}

function compileTemplateCall(scope: Scope, node: TemplateNode): Step {
  const place: Place = { tree: scope.tree, node };
  const data = node.pipe === undefined ? undefined : compilePipe(scope, node.pipe);
  return (frame) => {
    const { run } = frame;
    const template = run.findTemplate(node.name);
    if (template === undefined) failAt(place, `template ${quoteString(node.name)} not defined`);
    charge(run);
    const dot = data?.(frame);
    enterTemplate(run);
    template.body()(createFrame(run, dot));
    run.usage.depth--;
    return GO_ON;
  };
}
