import { type ASTNode, Environment, serialize } from '@marcbachmann/cel-js';
import { addAddressFunctions } from './cel-addresses.ts';
import { type Budget, mostPerRun, payForLoop, runWithin } from './cel-budget.ts';
import { addFormatFunctions } from './cel-formats.ts';
import { addJsonPatchFunctions } from './cel-json-patch.ts';
import { addListFunctions } from './cel-lists.ts';
import { addFormatting } from './cel-printf.ts';
import { addQuantityFunctions } from './cel-quantities.ts';
import { addSetFunctions } from './cel-sets.ts';
import { addTextFunctions } from './cel-texts.ts';
import { addUrlFunctions } from './cel-urls.ts';

/** A CEL expression made ready. */
export interface Expression {
  /** Throws CostError when it costs more than the budget has left, or than one run may. */
  run(variables: Readonly<Record<string, unknown>>, budget?: Budget): unknown;
  /** The type of what it gives, `dyn` where that cannot be told; an Error when the types do not fit. */
  checkType(): string | Error;
  readonly usesOldSelf: boolean;
  /** What one run costs at most on values with so many parts. */
  cost(parts: number): number;
}

const compiled = new Map<string, Expression | Error>();
const mostKept = 2000;
const loops: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

/** By the names of their variables. */
const environments = new Map<string, Environment>();
const ofRules = ['self', 'oldSelf'];

/** The expression with these variables, and the functions that Kubernetes adds; an Error when it is none. */
export function compileExpression(text: string, variables: readonly string[] = ofRules): Expression | Error {
  const id = variables === ofRules ? text : `${variables.join()}:${text}`;
  let result = compiled.get(id);
  if (result === undefined) {
    result = tryCompile(text, variables);
    if (compiled.size >= mostKept) compiled.clear();
    compiled.set(id, result);
  }
  return result;
}

function tryCompile(text: string, names: readonly string[]): Expression | Error {
  const environment = environments.get(names.join()) ?? createEnvironment(names);
  environments.set(names.join(), environment);
  try {
    const { ast } = environment.parse(text);
    const facts = inspect(ast, false);
    const checked = environment.parse(facts.isRewritten ? serialize(ast) : text);
    const run = facts.depth === 0 ? checked : environment.parse(withPaidLoops(environment.parse(text).ast));
    const absent = names === ofRules ? { oldSelf: null } : {};
    return {
      run: (variables, budget = { left: mostPerRun }) =>
        runWithin(budget, facts.nodes, () => run({ ...absent, ...variables }) as unknown),
      checkType: () => {
        const { type, error } = checked.check();
        return type ?? error ?? new Error('the types do not fit');
      },
      usesOldSelf: facts.usesOldSelf,
      cost: (parts) => facts.nodes * Math.max(parts, 1) ** facts.depth,
    };
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** CEL with the functions that Kubernetes adds. */
export function createEnvironment(names: readonly string[]): Environment {
  const created = new Environment({ homogeneousAggregateLiterals: false, enableOptionalTypes: true });
  for (const name of names) created.registerVariable(name, 'dyn');
  created.registerFunction('hasField(dyn, string): bool', hasField);
  created.registerFunction('payForLoop(dyn, int): dyn', payForLoop);
  addTextFunctions(created);
  addListFunctions(created);
  addQuantityFunctions(created);
  addAddressFunctions(created);
  addUrlFunctions(created);
  addFormatFunctions(created);
  addFormatting(created);
  addSetFunctions(created);
  addJsonPatchFunctions(created);
  return created;
}

function hasField(owner: unknown, field: string): boolean {
  if (typeof owner === 'object' && owner !== null && !Array.isArray(owner)) return Object.hasOwn(owner, field);
  throw new Error('no such overload');
}

interface Facts {
  nodes: number;
  /** How deep loops are nested. */
  depth: number;
  usesOldSelf: boolean;
  /** Something was turned into a call of our own. */
  isRewritten: boolean;
  /** Loops are to be paid for. */
  readonly paysLoops: boolean;
}

/**
 * Counts the parts, and turns into calls of our own what the library cannot do: `matches`, which must not run away,
 * `has` of a field behind an index, and loops that cost something.
 */
function inspect(ast: ASTNode, paysLoops: boolean): Facts {
  const facts: Facts = { nodes: 0, depth: 0, usesOldSelf: false, isRewritten: false, paysLoops };
  walk(ast, 0, facts);
  return facts;
}

function withPaidLoops(ast: ASTNode): string {
  inspect(ast, true);
  return serialize(ast);
}

function walk(node: ASTNode, depth: number, facts: Facts): void {
  facts.nodes += 1;
  facts.depth = Math.max(facts.depth, depth);
  if (node.op === 'id' && node.args === 'oldSelf') facts.usesOldSelf = true;
  if (node.op === 'rcall' && node.args[0] === 'matches') {
    node.args[0] = 'matchesPattern';
    facts.isRewritten = true;
  }
  if (node.op === 'rcall' && loops.has(node.args[0])) return walkLoop(node, depth, facts);
  for (const child of childrenOf(node.args)) walk(child, depth, facts);
  if (isHasBehindIndex(node)) rewriteHas(node, facts);
}

/** `list.all(x, ...)` becomes `payForLoop(list, 5).all(x, ...)`. */
function walkLoop(node: ASTNode, depth: number, facts: Facts): void {
  const [range, ...body] = childrenOf(node.args);
  if (range === undefined) return;
  walk(range, depth, facts);
  const before = facts.nodes;
  for (const part of body) walk(part, depth + 1, facts);
  if (facts.paysLoops) writeOut(range, `payForLoop(${serialize(range)}, ${facts.nodes - before})`);
}

function isHasBehindIndex(node: ASTNode): boolean {
  if (node.op !== 'call' || node.args[0] !== 'has') return false;
  let [at] = childrenOf(node.args);
  if (at?.op !== '.') return false;
  while (at?.op === '.') [at] = childrenOf(at.args);
  return at !== undefined && at.op !== 'id';
}

/** `has(a[0].b)` becomes `hasField(a[0], "b")`. */
function rewriteHas(node: ASTNode, facts: Facts): void {
  const [asked] = childrenOf(node.args);
  const [owner, field] = (asked?.args ?? []) as [ASTNode, string];
  writeOut(node, `hasField(${serialize(owner)}, ${JSON.stringify(field)})`);
  facts.isRewritten = true;
}

/** An identifier is written as it stands, whatever it says. */
function writeOut(node: ASTNode, text: string): void {
  Object.assign(node, { op: 'id', args: text });
}

function childrenOf(args: unknown): ASTNode[] {
  if (Array.isArray(args)) return args.flatMap(childrenOf);
  return typeof args === 'object' && args !== null && 'op' in args ? [args as ASTNode] : [];
}

/** The first arguments of all calls of a function or macro. */
export function findCalls(ast: ASTNode, name: string): ASTNode[] {
  const own = ast.op === 'call' && ast.args[0] === name ? childrenOf(ast.args).slice(0, 1) : [];
  return [...own, ...childrenOf(ast.args).flatMap((child) => findCalls(child, name))];
}
