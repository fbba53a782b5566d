import { UserError } from '@croft/foundation/errors';
import type { ApplicationStatus } from '@croft/platform/application-status';
import { readStatus } from '@croft/platform/status';
import type { Connection } from '../connection.ts';
import { describeUnknown } from '../nearest-names.ts';

/** The application of that name. Throws UserError naming those that are near when there is none. */
export async function getApplication({ client, portSuffix }: Connection, name: string): Promise<ApplicationStatus> {
  const { applications } = await readStatus(client, portSuffix);
  const found = applications.filter((application) => application.name === name);
  const [first] = found;
  if (first === undefined) {
    const names = applications.map((application) => application.name);
    throw new UserError(`${describeUnknown('application', name, names)} ("croft apps list" shows all)`);
  }
  // Settings that name a namespace enable one of them only.
  return found.find(({ enabled }) => enabled) ?? first;
}
