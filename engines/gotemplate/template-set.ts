import { builtinFunctions } from './builtins/functions.ts';
import { TemplateExecError, TemplateLimitError } from './errors.ts';
import { compileTemplate } from './exec/compile-template.ts';
import { type CompiledTemplate, createFrame, type Run, type Usage } from './exec/frame.ts';
import { enterTemplate, isStackOverflow } from './exec/nesting.ts';
import { quoteString } from './fmt/quote.ts';
import type { FunctionMap } from './functions.ts';
import { isEmptyList, type Tree } from './parse/node.ts';
import { parseTemplate } from './parse/parse-template.ts';
import type { Value } from './value.ts';

/** What a missing key of a map gives: `<no value>` (default, invalid), the zero value of the element type, or an error. */
export type MissingKey = 'default' | 'invalid' | 'zero' | 'error';

/** Bounds on one outermost execution with everything that it executes in turn. */
export interface TemplateLimits {
  /** Templates within templates, `template` and nested executions together. */
  readonly depth: number;
  /** Characters of output, those of nested executions included. */
  readonly outputLength: number;
  /** Evaluated nodes. */
  readonly steps: number;
}

export interface TemplateSetOptions {
  /** The name that errors about unknown templates give the set. */
  readonly name?: string;
  readonly missingKey?: MissingKey;
  /** Besides Go's own functions, which they override. */
  readonly functions?: FunctionMap;
  readonly limits?: Partial<TemplateLimits>;
  readonly leftDelimiter?: string;
  readonly rightDelimiter?: string;
}

/** Templates that can execute one another by name, as an associated set of Go's text/template. */
export interface TemplateSet {
  /** Parses the text as the template `name` and adds it with all that it defines. Throws TemplateParseError. */
  parse(name: string, text: string): void;
  has(name: string): boolean;
  names(): string[];
  /** Output of the named template. Throws TemplateExecError, TemplateLimitError. May be called from within a function. */
  execute(name: string, data: Value): string;
  /** A copy that shares what is parsed so far and the limits; the given functions override those of the same name. */
  clone(functions?: FunctionMap): TemplateSet;
}

/** Helm's charts stay far below these; a runaway template is stopped before it harms the process. */
const defaultLimits: TemplateLimits = { depth: 100_000, outputLength: 256 * 1024 * 1024, steps: 100_000_000 };

/** What a set shares with its clones. */
interface Shared {
  readonly name: string;
  readonly missingKey: MissingKey;
  readonly limits: TemplateLimits;
  readonly leftDelimiter: string;
  readonly rightDelimiter: string;
  /** What is used up by the execution that runs, if one does. */
  usage: Usage | undefined;
}

export function createTemplateSet(options: TemplateSetOptions = {}): TemplateSet {
  const shared: Shared = {
    name: options.name ?? '',
    missingKey: options.missingKey ?? 'default',
    limits: { ...defaultLimits, ...options.limits },
    leftDelimiter: options.leftDelimiter ?? '{{',
    rightDelimiter: options.rightDelimiter ?? '}}',
    usage: undefined,
  };
  return setOf(shared, new Map(), new Map([...builtinFunctions, ...(options.functions ?? [])]));
}

function setOf(shared: Shared, templates: Map<string, Template>, functions: FunctionMap): TemplateSet {
  const findTemplate = (name: string): CompiledTemplate | undefined => templates.get(name)?.compiled;
  return {
    parse: (name, text) => {
      const { leftDelimiter, rightDelimiter } = shared;
      const isFunction = (word: string): boolean => functions.has(word);
      const trees = parseTemplate(name, text, { isFunction, leftDelimiter, rightDelimiter });
      for (const tree of trees.values()) addTemplate(templates, tree, functions);
    },
    has: (name) => templates.has(name),
    names: () => [...templates.keys()],
    execute: (name, data) => {
      const template = findTemplate(name);
      if (template === undefined) throw notAssociated(shared.name, name);
      return executeOutermost(shared, template, data, { functions, findTemplate });
    },
    clone: (overrides) =>
      setOf(shared, new Map(templates), overrides === undefined ? functions : new Map([...functions, ...overrides])),
  };
}

interface Template {
  readonly tree: Tree;
  readonly compiled: CompiledTemplate;
}

/** An empty template does not replace one that stands. */
function addTemplate(templates: Map<string, Template>, tree: Tree, functions: FunctionMap): void {
  if (templates.has(tree.name) && isEmptyList(tree.root)) return;
  templates.set(tree.name, { tree, compiled: compileTemplate(tree, functions) });
}

function notAssociated(set: string, name: string): TemplateExecError {
  const known = quoteString(set);
  return new TemplateExecError(`template: no template ${quoteString(name)} associated with template ${known}`, name);
}

/** An execution from within a function draws on the limits of the one that it is part of. */
function executeOutermost(
  shared: Shared,
  template: CompiledTemplate,
  data: Value,
  reach: Pick<Run, 'functions' | 'findTemplate'>,
): string {
  const outer = shared.usage;
  const usage = outer ?? { limits: shared.limits, steps: 0, outputLength: 0, depth: 0 };
  const run: Run = { out: '', missingKey: shared.missingKey, usage, ...reach };
  shared.usage = usage;
  const { depth } = usage;
  try {
    enterTemplate(run);
    template.body()(createFrame(run, data === null ? undefined : data));
    usage.outputLength += run.out.length;
    return run.out;
  } catch (error) {
    throw isStackOverflow(error) ? new TemplateLimitError('templates are nested too deeply') : error;
  } finally {
    usage.depth = depth;
    shared.usage = outer;
  }
}
