import type { Client } from '@croft/client/client';
import { errorMessage, UserError } from '@croft/foundation/errors';
import { findDaemon } from '../daemon.ts';
import { findInstance } from '../instance.ts';
import { inOneLine } from '../one-line.ts';
import { instancePaths } from '../paths.ts';
import { readSettingsFile } from '../settings-file.ts';
import { settingsRemedy } from '../settings-sync.ts';
import { readStatus } from '../status.ts';
import type { Finding } from './finding.ts';

export interface ExamineInstanceOptions {
  dataDir: string;
  /** A client of the instance, which runs. */
  connect(): Promise<Client & Disposable>;
}

/** How the instance in the data directory is; one that runs is asked itself. Nothing where there is none yet. */
export async function examineInstance({ dataDir, connect }: ExamineInstanceOptions): Promise<Finding[]> {
  if ((await findInstance(dataDir)) === undefined) return [];
  const settings = await examineSettings(dataDir);
  if ((await findDaemon(dataDir)) === undefined)
    return [settings, { name: 'croft', level: 'warn', message: 'Croft does not run here', remedy: 'croft up' }];
  return [settings, ...(await examineRunning(connect, settings))];
}

async function examineSettings(dataDir: string): Promise<Finding> {
  const { settings: path } = instancePaths(dataDir);
  try {
    await readSettingsFile(path);
    return { name: 'settings', level: 'ok', message: `${path} is in order` };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { name: 'settings', level: 'fail', message: inOneLine(error.message), remedy: settingsRemedy };
  }
}

async function examineRunning(connect: ExamineInstanceOptions['connect'], settings: Finding): Promise<Finding[]> {
  try {
    using client = await connect();
    const { problems, applications } = await readStatus(client, '');
    const found = problems
      .map(({ message, todo }) => describe('prescriptions', message, todo))
      .filter(({ message }) => message !== settings.message); // it stands above
    for (const { name, enabled, ready, message, todo } of applications)
      if (enabled && !ready) found.push(describe(name, message, todo));
    if (found.length > 0) return found;
    return [{ name: 'croft', level: 'ok', message: 'Croft runs, and all that is enabled is ready' }];
  } catch (error) {
    const remedy = 'look at "croft logs"; then: croft up';
    return [{ name: 'croft', level: 'fail', message: `Croft does not answer: ${errorMessage(error)}`, remedy }];
  }
}

function describe(name: string, message: string, todo: string): Finding {
  return { name, level: 'warn', message: inOneLine(message), ...(todo === '' ? {} : { remedy: todo }) };
}
