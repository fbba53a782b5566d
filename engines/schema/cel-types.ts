import { type ASTNode, type Environment, serialize } from '@marcbachmann/cel-js';
import { createEnvironment, findCalls } from './cel-rule.ts';
import { escapeName } from './cel-values.ts';
import type { StructuralSchema } from './structural-schema.ts';

/** What an expression gives, or what in it does not fit the schema, in CEL's words. */
export interface TypeFinding {
  readonly type?: string;
  readonly error?: string;
}

const environments = new WeakMap<StructuralSchema, Environment | null>();

/**
 * Checks an expression whose `self` is of this schema. Told are fields that the schema does not have, and scalars of
 * types that cannot be compared or computed with; all else is left to the run.
 */
export function checkTypes(text: string, schema: StructuralSchema, isRoot: boolean): TypeFinding {
  const environment = environmentOf(schema, isRoot);
  if (environment === undefined) return {};
  try {
    const asked = findCalls(environment.parse(text).ast, 'has').map((node) => serialize(node));
    for (const part of asked) {
      const error = describe(environment, part, text);
      if (error !== undefined) return { error };
    }
    const error = describe(environment, text, text);
    if (error !== undefined) return { error };
    const { valid, type } = environment.check(text);
    return valid && type !== undefined ? { type } : {};
  } catch {
    return {};
  }
}

function environmentOf(schema: StructuralSchema, isRoot: boolean): Environment | undefined {
  let environment = environments.get(schema);
  if (environment === undefined) {
    environment = tryDeclare(schema, isRoot);
    environments.set(schema, environment);
  }
  return environment ?? undefined;
}

/** null where the schema has names that cannot be declared. */
function tryDeclare(schema: StructuralSchema, isRoot: boolean): Environment | null {
  const environment = createEnvironment([]);
  const counter = { count: 0 };
  try {
    const self = declareType(environment, isRoot ? withObjectFields(schema) : schema, counter);
    environment.registerVariable('self', self);
    environment.registerVariable('oldSelf', 'dyn');
    return environment;
  } catch {
    return null;
  }
}

const text: StructuralSchema = { type: 'string' };

/** apiVersion, kind, and of the metadata the names. */
function withObjectFields(schema: StructuralSchema): StructuralSchema {
  const metadata: StructuralSchema = { type: 'object', properties: { name: text, generateName: text } };
  return { ...schema, properties: { ...schema.properties, apiVersion: text, kind: text, metadata } };
}

const scalars: Readonly<Record<string, string>> = {
  string: 'string',
  integer: 'int',
  number: 'double',
  boolean: 'bool',
};

const textFormats: Readonly<Record<string, string>> = {
  byte: 'bytes',
  date: 'google.protobuf.Timestamp',
  'date-time': 'google.protobuf.Timestamp',
  duration: 'dyn',
};

function declareType(environment: Environment, schema: StructuralSchema, counter: { count: number }): string {
  const { type = '', format = '', items, properties, additionalProperties: rest } = schema;
  if (schema['x-kubernetes-int-or-string'] === true) return 'dyn';
  if (type === 'string') return textFormats[format] ?? 'string';
  if (type === 'array') return items === undefined ? 'dyn' : `list<${declareType(environment, items, counter)}>`;
  if (type !== 'object') return scalars[type] ?? 'dyn';
  if (typeof rest === 'object') return `map<string, ${declareType(environment, rest, counter)}>`;
  const whole = schema['x-kubernetes-embedded-resource'] === true ? withObjectFields(schema) : schema;
  if (rest !== undefined || properties === undefined) {
    return schema['x-kubernetes-preserve-unknown-fields'] === true || rest !== undefined
      ? 'dyn'
      : declareFields(environment, whole, counter);
  }
  return declareFields(environment, whole, counter);
}

function declareFields(environment: Environment, schema: StructuralSchema, counter: { count: number }): string {
  const fields = Object.entries(schema.properties ?? {}).map(([name, property]) => [
    escapeName(name),
    declareType(environment, property, counter),
  ]);
  counter.count += 1;
  const name = `Object${counter.count}`;
  environment.registerType(name, { fields: Object.fromEntries(fields) as Record<string, string> });
  return name;
}

const scalarTypes: ReadonlySet<string> = new Set(['int', 'string', 'double', 'bool']);

interface Problem {
  readonly node?: ASTNode & { readonly start?: number; readonly end?: number };
  readonly summary: string;
}

/** `part` is the text to check, `whole` the one that the message shows. */
function describe(environment: Environment, part: string, whole: string): string | undefined {
  const { error } = environment.check(part);
  if (error === undefined) return undefined;
  const problem = error as Problem;
  return describers.map((find) => find(problem, whole, environment)).find((found) => found !== undefined);
}

type Describer = (problem: Problem, whole: string, environment: Environment) => string | undefined;

/** What is surely wrong; all else is left to the run. */
const describers: readonly Describer[] = [describeField, describeOperator, describeName, describeFunction];

function describeField({ node, summary }: Problem, whole: string): string | undefined {
  const field = /^No such key: (.*)$/.exec(summary)?.[1];
  if (field !== undefined) return renderIssue(whole, whole.indexOf(`.${field}`), `undefined field '${field}'`);
  const type = /^Cannot index type '(\w+)'$/.exec(summary)?.[1] ?? '';
  if (!scalarTypes.has(type) || node?.op !== '.' || typeof node.args[1] !== 'string') return undefined;
  const at = whole.indexOf(`.${node.args[1]}`, node.start ?? 0);
  return renderIssue(whole, at, `type '${type}' does not support field selection`);
}

function describeOperator({ node, summary }: Problem, whole: string): string | undefined {
  const [, left = '', operator = '', right = ''] = /^no such overload: (\w+) (\S+) (\w+)$/.exec(summary) ?? [];
  if (!scalarTypes.has(left) || !scalarTypes.has(right)) return undefined;
  const at = whole.indexOf(operator, node?.start ?? 0);
  return renderIssue(whole, at, `found no matching overload for '_${operator}_' applied to '(${left}, ${right})'`);
}

/** Calls that bring variables of their own, which this library does not know. */
const bindingCall = /\.\w+\(\s*\w+\s*,\s*\w+\s*,|\.(?:sortBy|transform\w+)\(/;

function describeName({ node, summary }: Problem, whole: string): string | undefined {
  const name = /^Unknown variable: (\w+)$/.exec(summary)?.[1];
  if (name === undefined || bindingCall.test(whole)) return undefined;
  return renderIssue(whole, node?.start ?? 0, `undeclared reference to '${name}' (in container '')`);
}

/** Functions that are known are not told of: their types may be better known to CEL than here. */
function describeFunction({ node, summary }: Problem, whole: string, environment: Environment): string | undefined {
  if (!summary.startsWith('found no matching overload') || (node?.op !== 'call' && node?.op !== 'rcall')) {
    return undefined;
  }
  const [name] = node.args;
  if (unbuilt.has(name) || environment.getDefinitions().functions.some((known) => known.name === name))
    return undefined;
  const at = whole.indexOf('(', whole.indexOf(name, node.start ?? 0));
  return renderIssue(whole, at, `undeclared reference to '${name}' (in container '')`);
}

/** Functions and macros of Kubernetes that this CEL does not have. */
const unbuilt: ReadonlySet<string> = new Set(
  'sortBy transformList transformMap transformMapEntry existsOne all exists exists_one semver isSemver range dyn'.split(
    ' ',
  ),
);

/** As CEL shows where an expression is wrong. */
function renderIssue(text: string, at: number, why: string): string {
  const before = text.slice(0, Math.max(at, 0));
  const line = before.split('\n').length;
  const column = before.length - (before.lastIndexOf('\n') + 1);
  const shown = text.split('\n')[line - 1] ?? '';
  return `ERROR: <input>:${line}:${column + 1}: ${why}\n | ${shown}\n | ${'.'.repeat(column)}^`;
}
