import type { Clock } from '@croft/foundation/clock';
import { UserError } from '@croft/foundation/errors';
import { examineMachine } from './doctor/doctor.ts';
import type { Finding } from './doctor/finding.ts';
import { installPackages, isDebianLike } from './doctor/packages.ts';
import { findMissingPrograms } from './doctor/programs.ts';
import { defaultPorts, findInstance, type InstancePorts } from './instance.ts';

export interface PrepareOptions {
  dataDir: string;
  ports: Partial<InstancePorts>;
  env: NodeJS.ProcessEnv;
  uid: number;
  clock: Clock;
  mayInstall: boolean;
  say(text: string): void;
}

/** Installs what the machine lacks and may be installed, then makes sure that Croft can run. Throws UserError. */
export async function prepareMachine(options: PrepareOptions): Promise<void> {
  if (options.uid !== 0)
    throw new UserError('Croft needs root for containers, addresses and ports below 1024. Run: sudo ./croft up');
  await installMissing(options);
  const findings = await examineMachine({ ...options, ports: await readPorts(options.dataDir, options.ports) });
  const failures = findings.filter(({ level }) => level === 'fail');
  for (const { message, level } of findings) if (level === 'warn') options.say(`Note: ${message}`);
  if (failures.length > 0) throw new UserError(failures.map(formatFailure).join('\n'));
}

async function installMissing({ env, mayInstall, say }: PrepareOptions): Promise<void> {
  const missing = await findMissingPrograms(env);
  if (missing.length === 0) return;
  const packages = missing.map((required) => required.package);
  const command = `apt-get install -y ${packages.join(' ')}`;
  if (!mayInstall)
    throw new UserError(`these packages are missing, and --no-install forbids installing them. Run: ${command}`);
  if (!(await isDebianLike()))
    throw new UserError(
      `these programs are missing: ${missing.map(({ program }) => program).join(', ')}. Install them and run this again.`,
    );
  say(`Installing from the distribution's packages: ${packages.join(', ')}`);
  await installPackages(packages, () => {});
}

/** The ports that the instance will have, by flag. */
export async function readPorts(dataDir: string, asked: Partial<InstancePorts>): Promise<Record<string, number>> {
  const { httpPort, httpsPort, apiPort } = { ...defaultPorts, ...(await findInstance(dataDir)), ...asked };
  return {
    'http-port': httpPort,
    'https-port': httpsPort,
    'api-port': apiPort,
    ...(asked.gitPort === undefined ? {} : { 'git-port': asked.gitPort }),
  };
}

function formatFailure({ name, message, remedy }: Finding): string {
  return `${name}: ${message}${remedy === undefined ? '' : `. To mend it: ${remedy}`}`;
}
