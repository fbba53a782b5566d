import { isEmptyList, type Tree } from '../parse/node.ts';
import type { CompiledTemplate } from './frame.ts';

export interface Template {
  readonly tree: Tree;
  readonly compiled: CompiledTemplate;
}

/** The templates of a set by name. Clones share what stands and copy nothing: charts clone for every text they evaluate. */
export interface TemplateTable {
  own: Map<string, Template>;
  /** A clone reads `own` too: it is copied before it changes. */
  isShared: boolean;
  /** What was cloned, the latest first. */
  readonly inherited: readonly ReadonlyMap<string, Template>[];
}

export function createTable(): TemplateTable {
  return { own: new Map(), isShared: false, inherited: [] };
}

export function cloneTable(table: TemplateTable): TemplateTable {
  table.isShared = true;
  const inherited = table.own.size === 0 ? table.inherited : [table.own, ...table.inherited];
  return { own: new Map(), isShared: false, inherited };
}

export function findTemplate(table: TemplateTable, name: string): Template | undefined {
  const own = table.own.get(name);
  if (own !== undefined) return own;
  for (const layer of table.inherited) {
    const found = layer.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Adds a template; an empty one does not replace one that stands. */
export function addTemplate(table: TemplateTable, template: Template): void {
  const { tree } = template;
  if (isEmptyList(tree.root) && findTemplate(table, tree.name) !== undefined) return;
  if (table.isShared) {
    table.own = new Map(table.own);
    table.isShared = false;
  }
  table.own.set(tree.name, template);
}

export function tableNames(table: TemplateTable): string[] {
  return [...new Set([table.own, ...table.inherited].flatMap((layer) => [...layer.keys()]))];
}
