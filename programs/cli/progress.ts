import type { Clock } from '@croft/foundation/clock';
import type { ApplicationStatus } from '@croft/platform/application-status';
import { type InstanceStatus, readStatus } from '@croft/platform/status';
import type { Connection } from './connection.ts';
import { answers, type FrontDoorAddress } from './front-door.ts';

const pauseMs = 500;
/** So many looks in a row must find that nothing goes on: what is pushed just now may be on its way. */
const looksWhenOver = 10;
const longestLine = 400;

/**
 * Tells how each application comes along until all are ready, none that is not goes on by itself, or the time is over; gives the
 * last status.
 */
export async function followApplications(
  { client, portSuffix, frontDoor }: Connection,
  timeoutMs: number,
  clock: Clock,
  say: (text: string) => void,
): Promise<InstanceStatus> {
  const told = new Map<string, string>();
  const end = clock.now() + timeoutMs;
  let over = 0;
  for (;;) {
    const status = await readStatus(client, portSuffix);
    for (const application of status.applications) tell(application, told, say);
    for (const { message } of status.problems) tellOnce('', message.slice(0, message.indexOf(':')), message, told, say);
    const active = status.applications.filter(({ enabled }) => enabled);
    const isUp = status.ready && (active.length > 0 ? await allAnswer(active, frontDoor) : nothingIsEnabled(status));
    over = isOver(status) ? over + 1 : 0;
    if (isUp || over >= looksWhenOver || clock.now() > end) return status;
    await clock.wait(pauseMs);
  }
}

/** Of those that are not ready none is worked on any more. */
function isOver({ ready, problems, applications }: InstanceStatus): boolean {
  const open = applications.filter((application) => application.enabled && !application.ready);
  return !ready && problems.length === 0 && open.every(({ stuck, state }) => stuck || state === 'suspended');
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
  { name, enabled, ready, url, telling }: ApplicationStatus,
  told: Map<string, string>,
  say: (text: string) => void,
): void {
  if (!enabled) return;
  tellOnce(`${name}: `, `${name} failed`, telling.failed, told, say);
  tellOnce(`${name}: `, name, ready ? `ready at ${url}` : telling.now, told, say);
}

/** Tells the first line of what is new about a thing, or its beginning; the status has the whole. */
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
  say(`${prefix}${line.length > longestLine ? `${line.slice(0, longestLine)} ...` : line}`);
}
