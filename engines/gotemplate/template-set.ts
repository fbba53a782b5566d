import { builtinFunctions } from './builtins/functions.ts';
import { TemplateExecError, TemplateLimitError } from './errors.ts';
import { compileTemplate } from './exec/compile-template.ts';
import {
  type CompiledTemplate,
  createFrame,
  type MissingKey,
  type Run,
  type TemplateLimits,
  type Usage,
} from './exec/frame.ts';
import { enterTemplate, isStackOverflow } from './exec/nesting.ts';
import {
  addTemplate,
  cloneTable,
  createTable,
  findTemplate,
  type Template,
  type TemplateTable,
  tableNames,
} from './exec/template-table.ts';
import { quoteString } from './fmt/quote.ts';
import type { FunctionLookup, FunctionMap } from './functions.ts';
import { parseTemplate } from './parse/parse-template.ts';
import type { Value } from './value.ts';

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
  /**
   * Parses the text as the template `name` and adds it with all that it defines. Gives what was parsed: an empty text does
   * not replace a template of that name, but can be executed itself. Throws TemplateParseError.
   */
  parse(name: string, text: string): ParsedTemplate;
  has(name: string): boolean;
  names(): string[];
  /** Output of the named template. Throws TemplateExecError, TemplateLimitError. May be called from within a function. */
  execute(name: string, data: Value): string;
  /** A copy that shares what is parsed so far and the limits; the given functions override those of the same name. */
  clone(functions?: FunctionMap): TemplateSet;
}

export interface ParsedTemplate {
  /** As execute of the set, of this very text. */
  execute(data: Value): string;
}

/** Helm's charts stay far below these; a runaway template is stopped before it harms the process. */
const defaultLimits: TemplateLimits = { depth: 100_000, outputLength: 256 * 1024 * 1024, steps: 20_000_000 };

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
  const functions = new Map([...builtinFunctions, ...(options.functions ?? [])]);
  return setOf(shared, createTable(), { base: functions, overrides: new Map(), parsed: new Map() });
}

/** The functions of a set, of which clones override few. */
interface Functions {
  readonly base: FunctionMap;
  readonly overrides: FunctionMap;
  /** What has been parsed by those who know functions of the same names, by name and text. */
  readonly parsed: Map<string, Template[]>;
}

/** Texts that are kept parsed; more than this many are forgotten together. */
const maxParsed = 1000;

function setOf(shared: Shared, table: TemplateTable, functions: Functions): TemplateSet {
  const { base, overrides } = functions;
  const lookup: FunctionLookup = { get: (name) => overrides.get(name) ?? base.get(name) };
  const reach = { functions: lookup, findTemplate: (name: string) => findTemplate(table, name)?.compiled };
  return {
    parse: (name, text) => {
      const templates = parseOnce(shared, functions.parsed, lookup, name, text);
      for (const template of templates) addTemplate(table, template);
      return {
        execute: (data) => {
          const main = templates.find(({ tree }) => tree.name === name);
          if (main === undefined) throw notAssociated(shared.name, name);
          return executeOutermost(shared, main.compiled, data, reach);
        },
      };
    },
    has: (name) => findTemplate(table, name) !== undefined,
    names: () => tableNames(table),
    execute: (name, data) => {
      const template = reach.findTemplate(name);
      if (template === undefined) throw notAssociated(shared.name, name);
      return executeOutermost(shared, template, data, reach);
    },
    clone: (more) => setOf(shared, cloneTable(table), more === undefined ? functions : override(functions, more)),
  };
}

function override(functions: Functions, more: FunctionMap): Functions {
  const { base, overrides, parsed } = functions;
  const isNew = [...more.keys()].some((name) => !base.has(name) && !overrides.has(name));
  return { base, overrides: new Map([...overrides, ...more]), parsed: isNew ? new Map() : parsed };
}

function parseOnce(
  shared: Shared,
  parsed: Map<string, Template[]>,
  lookup: FunctionLookup,
  name: string,
  text: string,
): Template[] {
  const key = `${name}\0${text}`;
  const known = parsed.get(key);
  if (known !== undefined) return known;
  const { leftDelimiter, rightDelimiter } = shared;
  const isFunction = (word: string): boolean => lookup.get(word) !== undefined;
  const trees = parseTemplate(name, text, { isFunction, leftDelimiter, rightDelimiter });
  const templates = Array.from(trees.values(), (tree) => ({ tree, compiled: compileTemplate(tree, lookup) }));
  if (parsed.size >= maxParsed) parsed.clear();
  parsed.set(key, templates);
  return templates;
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
