import { apiVersionOf } from '@croft/api/kind';
import { keyOf, type UnknownObject } from '@croft/api/object';
import { parseManifest } from '@croft/release/parse-manifest';
import type { ObjectChange } from '@croft/release/preview';
import { readNumber } from './action-flags.ts';
import { diffLines } from './diff-lines.ts';
import { checkNumber, type Flags } from './flags.ts';
import type { HelmInput } from './helm-command.ts';
import { renderPair } from './shown-object.ts';

export const diffFlags: Flags = {
  context: {
    type: 'text',
    short: 'C',
    value: 'NUMBER',
    check: checkNumber,
    help: 'lines that are shown around a change (3)',
  },
  'detailed-exitcode': { type: 'bool', help: 'exit with 2 when there are changes' },
};

export const renderedFlag: Flags = {
  rendered: { type: 'bool', help: 'compare what is rendered with the last revision, not with the live objects' },
};

interface Pair {
  title: string;
  before: UnknownObject | undefined;
  after: UnknownObject | undefined;
}

/** Prints what becomes of live objects. Gives the exit code. */
export function printChanges(input: HelmInput, changes: readonly ObjectChange[]): number {
  for (const { refusal } of changes) if (refusal !== undefined) input.terminal.say(`the API would refuse ${refusal}`);
  const pairs = changes.map(({ resolved: { kind, object }, before, after }): Pair => {
    const { name, namespace = '' } = keyOf(object);
    return { title: titleOf(apiVersionOf(kind), kind.kind, namespace, name), before, after };
  });
  return printPairs(input, pairs);
}

/** Prints how the objects of two manifests differ. Gives the exit code. */
export function printManifestDiff(input: HelmInput, before: string, after: string): number {
  const old = byTitle(before);
  const next = byTitle(after);
  const titles = [...new Set([...old.keys(), ...next.keys()])];
  return printPairs(
    input,
    titles.map((title) => ({ title, before: old.get(title), after: next.get(title) })),
  );
}

function byTitle(manifest: string): Map<string, UnknownObject> {
  const entries = parseManifest(manifest).map((object) => {
    const { name, namespace = '' } = keyOf(object);
    return [titleOf(object.apiVersion ?? '', object.kind ?? '', namespace, name), object] as const;
  });
  return new Map(entries);
}

function titleOf(apiVersion: string, kind: string, namespace: string, name: string): string {
  return `${kind} ${namespace === '' ? name : `${namespace}/${name}`} (${apiVersion})`;
}

function printPairs({ flags, terminal }: HelmInput, pairs: readonly Pair[]): number {
  const around = readNumber(flags, 'context', 3);
  const counts = { new: 0, changed: 0, removed: 0 };
  for (const { title, before, after } of pairs) {
    const [old, next] = renderPair(before, after);
    if (old === next) continue;
    const what = before === undefined ? 'new' : after === undefined ? 'removed' : 'changed';
    counts[what] += 1;
    terminal.write(`${title} is ${what}\n${diffLines(old, next, around)}\n`);
  }
  const total = counts.new + counts.changed + counts.removed;
  const told = Object.entries(counts).filter(([, count]) => count > 0);
  terminal.print(
    total === 0 ? 'Nothing changes.' : `Objects: ${told.map(([what, count]) => `${count} ${what}`).join(', ')}.`,
  );
  return total > 0 && flags.has('detailed-exitcode') ? 2 : 0;
}
