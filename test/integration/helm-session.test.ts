import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { runHelm } from '@croft/cli/helm/run-helm';
import { startListeningServer } from '../vectors/kubectl/server.ts';

// What a person types and sees, in helm-session.txt: "$ command", then what is printed, "! " before what goes to standard
// error, and "(2)" for an exit code other than 0.

interface Step {
  command: string;
  lines: string[];
}

function parseSession(text: string): Step[] {
  const steps: Step[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('$ ')) steps.push({ command: line.slice(2), lines: [] });
    else steps.at(-1)?.lines.push(line);
  }
  return steps;
}

const times = [
  /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? [+-]\d{4} \w+/g,
  /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g,
  /\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}/g,
];

const others: readonly (readonly [RegExp, string | ((text: string) => string)])[] = [
  [/shop-\d{10}/g, 'shop-<n>'],
  [/10\.96\.\d+\.\d+/g, '<ip>'],
  [/ \d+s$/gm, ' <age>'],
  [/ *\t */g, ' | '],
  [/^NAME {3}.*|.* <age>$/gm, (row) => row.replace(/ {3,}/g, '   ')],
];

/** Without what differs from run to run, the width of columns too, and without blanks at the ends of lines. */
function readable(text: string): string[] {
  const timeless = times.reduce((shown, time) => shown.replace(time, '<time>'), text);
  const masked = others.reduce((shown, [pattern, mask]) => shown.replace(pattern, mask as string), timeless);
  const lines = masked.replace(/\n+$/, '').split('\n');
  return masked.trim() === '' ? [] : lines.map((line) => line.trimEnd());
}

/** Words as a shell divides them: 'quoted' ones hold blanks. */
function wordsOf(command: string): string[] {
  return Array.from(command.matchAll(/'([^']*)'|(\S+)/g), ([, quoted, plain]) => quoted ?? plain ?? '');
}

async function openSession(t: TestContext) {
  const stack = new AsyncDisposableStack();
  t.after(() => stack.disposeAsync());
  const server = stack.use(await startListeningServer());
  const folder = await mkdtemp(join(tmpdir(), 'croft-helm-session-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  await cp(join(import.meta.dirname, 'helm-session'), folder, { recursive: true });
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, server.kubeconfig, { mode: 0o600 });
  const env = { PATH: process.env.PATH ?? '', TZ: 'UTC', KUBECONFIG: kubeconfig, HOME: folder };
  return async (command: string, interruption?: () => AbortSignal): Promise<string[]> => {
    const said = { out: '', err: '' };
    const into = (stream: keyof typeof said, end: string) => (text: string) => {
      said[stream] += text + end;
    };
    const terminal = { write: into('out', ''), print: into('out', '\n'), say: into('err', '\n') };
    const interrupting = interruption === undefined ? {} : { interruption };
    const code = await runHelm(wordsOf(command), { terminal, env, folder, ...interrupting });
    const errors = readable(said.err.replaceAll(folder, '<folder>')).map((line) => `! ${line}`.trimEnd());
    return [...readable(said.out.replaceAll(folder, '<folder>')), ...errors, ...(code === 0 ? [] : [`(${code})`])];
  };
}

test('a session of helm says what helm says', async (t) => {
  const type = await openSession(t);
  const path = join(import.meta.dirname, 'helm-session.txt');
  const steps = parseSession(await readFile(path, 'utf8'));
  assert.ok(steps.length >= 40);
  const written: string[] = [];
  for (const { command, lines } of steps) {
    const shown = await type(command);
    written.push(`$ ${command}`, ...shown, '');
    const expected = lines.join('\n').trimEnd();
    if (process.env.CROFT_WRITE_SESSION === undefined) assert.equal(shown.join('\n'), expected, command);
  }
  if (process.env.CROFT_WRITE_SESSION !== undefined) await writeFile(path, written.join('\n'));
});

test('an interruption ends a wait, is told and recorded', { timeout: 20_000 }, async (t) => {
  const type = await openSession(t);
  const stop = new AbortController();
  const installing = type('install late late --wait', () => stop.signal);
  while ((await type('list --pending -q')).join('') !== 'late') await setTimeout(10);
  stop.abort(new Error('context canceled'));
  assert.deepEqual(await installing, [
    'Release late has been cancelled.',
    '! Error: INSTALLATION FAILED: context canceled',
    '(1)',
  ]);
  assert.match((await type('status late')).join('\n'), /^STATUS: failed$/m);
});
