import type { Clock } from '@croft/foundation/clock';
import type { ApplicationStatus } from '@croft/platform/application-status';
import { type InstanceStatus, readStatus } from '@croft/platform/status';
import type { Connection } from './connection.ts';
import { answers, type FrontDoorAddress } from './front-door.ts';

const pauseMs = 500;

/** Tells how each application comes along until all are ready or the time is over; gives the last status. */
export async function followApplications(
  { client, portSuffix, frontDoor }: Connection,
  timeoutMs: number,
  clock: Clock,
  say: (text: string) => void,
): Promise<InstanceStatus> {
  const told = new Map<string, string>();
  const end = clock.now() + timeoutMs;
  for (;;) {
    const status = await readStatus(client, portSuffix);
    for (const application of status.applications) tell(application, told, say);
    for (const { message } of status.problems) tellOnce('', message.slice(0, message.indexOf(':')), message, told, say);
    const active = status.applications.filter(({ enabled }) => enabled);
    const isUp = status.ready && (active.length > 0 ? await allAnswer(active, frontDoor) : nothingIsEnabled(status));
    if (isUp || clock.now() > end) return status;
    await clock.wait(pauseMs);
  }
}

async function allAnswer(applications: readonly ApplicationStatus[], frontDoor: FrontDoorAddress): Promise<boolean> {
  const hosts = applications.filter(({ url }) => url !== '').map(({ url }) => new URL(url).hostname);
  return (await Promise.all(hosts.map((host) => answers(host, frontDoor)))).every(Boolean);
}

/** An instance without applications is ready at once; one whose prescriptions have not come yet is not. */
function nothingIsEnabled({ applications }: InstanceStatus): boolean {
  return applications.length > 0 && applications.every(({ enabled }) => !enabled);
}

function tell(
  { name, enabled, ready, url, message }: ApplicationStatus,
  told: Map<string, string>,
  say: (text: string) => void,
): void {
  if (!enabled) return;
  tellOnce(`${name}: `, name, ready ? `ready at ${url}` : message, told, say);
}

/** Tells the first line of what is new about a thing. */
function tellOnce(
  prefix: string,
  about: string,
  message: string,
  told: Map<string, string>,
  say: (text: string) => void,
): void {
  const line = message.split('\n')[0] ?? '';
  if (line === '' || told.get(about) === line) return;
  told.set(about, line);
  say(`${prefix}${line}`);
}
