import { type ASTNode, Environment, serialize } from '@marcbachmann/cel-js';
import { addAddressFunctions } from './cel-addresses.ts';
import { addListFunctions } from './cel-lists.ts';
import { addQuantityFunctions } from './cel-quantities.ts';
import { addTextFunctions } from './cel-texts.ts';
import { addUrlFunctions } from './cel-urls.ts';

/** A CEL expression made ready. */
export interface Expression {
  run(variables: Readonly<Record<string, unknown>>): unknown;
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
    const facts = inspect(ast);
    const run = environment.parse(facts.isRewritten ? serialize(ast) : text);
    const absent = names === ofRules ? { oldSelf: null } : {};
    return {
      run: (variables) => run({ ...absent, ...variables }) as unknown,
      checkType: () => {
        const { type, error } = run.check();
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
  addTextFunctions(created);
  addListFunctions(created);
  addQuantityFunctions(created);
  addAddressFunctions(created);
  addUrlFunctions(created);
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
}

/**
 * Counts what a run costs, and turns into calls of our own what the library cannot do: `matches`, which must not run
 * away, and `has` of a field behind an index.
 */
function inspect(ast: ASTNode): Facts {
  const facts: Facts = { nodes: 0, depth: 0, usesOldSelf: false, isRewritten: false };
  walk(ast, 0, facts);
  return facts;
}

function walk(node: ASTNode, depth: number, facts: Facts): void {
  facts.nodes += 1;
  facts.depth = Math.max(facts.depth, depth);
  if (node.op === 'id' && node.args === 'oldSelf') facts.usesOldSelf = true;
  let below = depth;
  if (node.op === 'rcall') {
    if (loops.has(node.args[0])) below += 1;
    if (node.args[0] === 'matches') {
      node.args[0] = 'matchesPattern';
      facts.isRewritten = true;
    }
  }
  facts.depth = Math.max(facts.depth, below);
  for (const child of childrenOf(node.args)) walk(child, below, facts);
  if (isHasBehindIndex(node)) rewriteHas(node, facts);
}

function isHasBehindIndex(node: ASTNode): boolean {
  if (node.op !== 'call' || node.args[0] !== 'has') return false;
  let [at] = childrenOf(node.args);
  if (at?.op !== '.') return false;
  while (at?.op === '.') [at] = childrenOf(at.args);
  return at !== undefined && at.op !== 'id';
}

/** `has(a[0].b)` becomes `hasField(a[0], "b")`; an identifier is written out as it stands. */
function rewriteHas(node: ASTNode, facts: Facts): void {
  const [asked] = childrenOf(node.args);
  const [owner, field] = (asked?.args ?? []) as [ASTNode, string];
  Object.assign(node, { op: 'id', args: `hasField(${serialize(owner)}, ${JSON.stringify(field)})` });
  facts.isRewritten = true;
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
