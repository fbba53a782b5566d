import { pods } from '@croft/api/kinds';
import { StatusError } from '@croft/api/status';
import type { Informers } from '@croft/client/informers';
import type { Clock } from '@croft/foundation/clock';
import type { Connection } from '../engine/connection.ts';
import { findContainer } from '../engine/containers.ts';
import { logPath } from '../runtime/pod-folders.ts';
import { instancesOf, readPodViews } from '../runtime/pod-views.ts';
import { chooseInstance } from './choose-instance.ts';
import { type LogOptions, streamLog } from './serve-logs.ts';

export interface LogContext {
  engine: Connection;
  podsDir: string;
  logsDir: string;
  clock: Clock;
  informers: Informers;
}

const route = /^\/containerLogs\/([^/]+)\/([^/]+)\/([^/]+)$/;

/** Answers what a kubelet answers; undefined for paths that this is not. */
export async function respondContainerLogs(context: LogContext, request: Request): Promise<Response | undefined> {
  const url = new URL(request.url);
  const [, namespace = '', pod = '', container = ''] = route.exec(url.pathname) ?? [];
  if (pod === '') return undefined;
  const key = { namespace, name: pod };
  const views = instancesOf(await readPodViews(context.engine, key), container);
  const object = context.informers.of(pods).get(key);
  const view = chooseInstance(views, object, { pod, container }, url.searchParams.get('previous') === 'true');
  const ended = async () => (await findContainer(context.engine, view.id))?.State.Running !== true;
  const log = logPath(context, view);
  const stream = streamLog(log, parseLogOptions(url.searchParams, context.clock.now()), ended);
  return new Response(stream, { headers: { 'content-type': 'text/plain' } });
}

/** Throws BadRequest for what is no number or time. */
export function parseLogOptions(query: URLSearchParams, nowMs: number): LogOptions {
  const tailLines = parseCount(query, 'tailLines');
  const limitBytes = parseCount(query, 'limitBytes');
  const sinceSeconds = parseCount(query, 'sinceSeconds');
  const sinceTime = query.get('sinceTime');
  const sinceMs =
    sinceSeconds !== undefined ? nowMs - sinceSeconds * 1000 : sinceTime !== null ? Date.parse(sinceTime) : undefined;
  if (Number.isNaN(sinceMs)) throw new StatusError(400, 'BadRequest', `sinceTime: ${sinceTime} is no time`);
  return {
    follow: isSet(query, 'follow'),
    timestamps: isSet(query, 'timestamps'),
    ...(tailLines === undefined ? {} : { tailLines }),
    ...(limitBytes === undefined ? {} : { limitBytes }),
    ...(sinceMs === undefined ? {} : { sinceMs }),
  };
}

function isSet(query: URLSearchParams, name: string): boolean {
  return ['true', '1', ''].includes(query.get(name) ?? 'false');
}

function parseCount(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^\d+$/.test(text)) throw new StatusError(400, 'BadRequest', `${name}: ${text} is no whole number`);
  return Number(text);
}
