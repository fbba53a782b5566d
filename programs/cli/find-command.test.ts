import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isGroup } from './command.ts';
import { commands } from './commands.ts';
import { findCommand } from './find-command.ts';
import { renderHelp } from './help.ts';

const find = async (...args: string[]) => {
  const { command, args: left } = await findCommand(args);
  return [command.name, ...left];
};

test('a command of a group is found behind the options of the group, and given all else', async () => {
  assert.deepEqual(await find('apps', 'enable', 'web'), ['apps enable', 'web']);
  assert.deepEqual(await find('apps', '--data-dir', 'enable', 'disable', 'web', '--no-wait'), [
    'apps disable',
    '--data-dir',
    'enable',
    'web',
    '--no-wait',
  ]);
  assert.deepEqual(await find('git', 'token', 'create', 'x', '--read-only'), ['git token create', 'x', '--read-only']);
  assert.deepEqual(await find('git', 'token', '-o', 'json'), ['git token list', '-o', 'json']);
  assert.deepEqual(await find('apps'), ['apps list']);
  assert.deepEqual(await find('apps', '--help'), ['apps', '--help']);
});

test('an unknown command names what is near', async () => {
  await assert.rejects(find('stauts'), /no command "stauts"; did you mean "status"\? \("croft help" lists them\)/);
  await assert.rejects(find('apps', 'enabel'), /no command of croft apps "enabel"; did you mean "enable"\?/);
  await assert.rejects(find('constructor'), /no command "constructor"/);
});

test('the help of every command shows an example that begins with croft, or names it', async () => {
  const all = async (below: typeof commands): Promise<string[]> => {
    const loaded = await Promise.all(Object.values(below).map(async (load) => (await load()).command));
    const nested = await Promise.all(loaded.map((command) => (isGroup(command) ? all(command.commands) : [])));
    return [...(await Promise.all(loaded.map(renderHelp))), ...nested.flat()];
  };
  for (const help of await all(commands))
    assert.match(help, /^Usage: croft \S+.*\n\n(.*\n)*Examples:\n {2}.*croft /m, help);
});
