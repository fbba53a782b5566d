/**
 * `croft helm` as a program of its own, which loads nothing else of Croft: its commands are called from scripts by the
 * hundred, so that the time to start counts.
 */
import { command } from './commands/helm.ts';
import { createTerminal } from './terminal.ts';

const terminal = createTerminal(process.stdout, process.stderr);
void run();

async function run(): Promise<void> {
  const input = { options: {}, positionals: process.argv.slice(2), terminal, env: process.env };
  process.exitCode = (await command.run(input)) ?? 0;
}
