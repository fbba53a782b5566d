import { formatKey, keyOf, type ObjectKey, parseKey } from '@croft/api/object';
import { parseSettings } from '@croft/apps/settings';
import type { Client } from '@croft/client/client';
import { findCondition } from '@croft/controller/conditions';
import { advise } from './advice.ts';
import { type ApplicationStatus, describeApplication } from './application-status.ts';
import { settingsErrorAnnotation, settingsRemedy } from './settings-sync.ts';
import { type Everything, readEverything } from './status-source.ts';

/** What is wrong with the instance as a whole. */
export interface Problem {
  message: string;
  /** What a person can do about it, as a command where there is one. */
  todo: string;
}

export interface InstanceStatus {
  ready: boolean;
  /** What is wrong with the instance as a whole: sources, prescriptions, settings. */
  problems: Problem[];
  /** The installed and the enabled ones first, then what else there is. */
  applications: ApplicationStatus[];
}

/** Reads how the instance is, from the API alone. `portSuffix` is `:8443` or empty. */
export async function readStatus(client: Client, portSuffix: string): Promise<InstanceStatus> {
  const everything = await readEverything(client);
  const applications = listApplications(everything).map((key) => describeApplication(key, everything, portSuffix));
  const problems = [...findProblems(everything), ...findUnknownApplications(everything)];
  const active = applications.filter(({ enabled }) => enabled);
  return { ready: problems.length === 0 && active.every(({ ready }) => ready), problems, applications };
}

/** The ones that are described, prescribed or installed. */
function listApplications({ descriptions, prescribed, releases }: Everything): ObjectKey[] {
  const ids = [...releases.keys(), ...prescribed.keys(), ...descriptions.keys()];
  return [...new Set(ids)].sort().map(parseKey);
}

function findProblems({ settings, sources, prescriptions }: Everything): Problem[] {
  const broken = settings?.metadata.annotations?.[settingsErrorAnnotation];
  const unready = [...sources, ...prescriptions].flatMap((object) => {
    const condition = findCondition(object.status?.conditions, 'Ready');
    const name = `${object.kind} ${formatKey(keyOf(object))}`;
    if (condition?.status === 'True') return [];
    const message = `${name}: ${condition?.message ?? 'waiting for its first reconcile'}`;
    return [{ message, todo: advise(object, condition) }];
  });
  if (broken === undefined) return unready;
  return [{ message: broken, todo: settingsRemedy }, ...unready];
}

function findUnknownApplications({ settings, descriptions, prescribed }: Everything): Problem[] {
  const text = settings?.data?.['settings.yaml'];
  const known = [...new Set([...descriptions.keys(), ...prescribed.keys()].map((id) => parseKey(id).name))].sort();
  if (text === undefined || known.length === 0) return [];
  return parseSettings(text, 'settings.yaml')
    .enabledApplications.filter((name) => !known.includes(name))
    .map((name) => ({
      message: `settings.yaml enables "${name}", but the catalogue has no such application; it has ${known.join(', ')}`,
      todo: `croft apps disable ${name}, or add it to the followed repository`,
    }));
}
