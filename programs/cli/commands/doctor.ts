import { systemClock } from '@croft/foundation/clock';
import { examineMachine } from '@croft/platform/doctor/doctor';
import { examineInstance } from '@croft/platform/doctor/examine-instance';
import type { Finding } from '@croft/platform/doctor/finding';
import { readPorts } from '@croft/platform/prepare';
import type { Command, CommandInput } from '../command.ts';
import { dataDirOption, outputOption, readDataDir, wantsJson } from '../common-options.ts';
import { connect } from '../connection.ts';

export const command: Command = {
  name: 'doctor',
  summary: 'Show what this machine and the instance lack, with the command that mends it',
  examples: ['croft doctor', 'croft doctor -o json'],
  options: { ...dataDirOption, ...outputOption },
  run: async (input) => {
    const findings = await examine(input);
    input.terminal.print(
      wantsJson(input) ? JSON.stringify(findings, undefined, 2) : findings.map(formatFinding).join('\n'),
    );
    return findings.some(({ level }) => level === 'fail') ? 1 : 0;
  },
};

async function examine(input: CommandInput): Promise<Finding[]> {
  const dataDir = readDataDir(input);
  const ports = await readPorts(dataDir, {});
  const machine = await examineMachine({
    dataDir,
    ports,
    env: input.env,
    uid: process.getuid?.() ?? 0,
    clock: systemClock,
  });
  const connectClient = async () => {
    const connection = await connect(dataDir);
    return { ...connection.client, [Symbol.dispose]: () => connection[Symbol.dispose]() };
  };
  return [...machine, ...(await examineInstance({ dataDir, connect: connectClient }))];
}

function formatFinding({ name, level, message, remedy }: Finding): string {
  const mark = { ok: 'ok  ', warn: 'warn', fail: 'FAIL' }[level];
  return `${mark}  ${name}: ${message}${remedy === undefined ? '' : `\n      to do: ${remedy}`}`;
}
