import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import type { Container, Probe } from '@croft/api/types';
import { errorMessage } from '@croft/foundation/errors';
import type { Connection } from '../engine/connection.ts';
import { execInContainer } from '../engine/exec.ts';

/** What a probe or a lifecycle hook does. */
export type Handler = Pick<Probe, 'exec' | 'httpGet' | 'tcpSocket'> & { sleep?: { seconds: number } };

export interface HandlerTarget {
  engine: Connection;
  container: Container;
  containerId: string;
  podIp: string;
}

export type Outcome = { ok: true } | { ok: false; message: string };

const longestBody = 10_240;

/** Runs a handler once. It fails when it is not done within `timeoutMs`; it never throws. */
export async function runHandler(
  handler: Handler,
  target: HandlerTarget,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    if (handler.exec !== undefined) return await runExec(handler.exec.command ?? [], target, timeoutMs, signal);
    if (handler.httpGet !== undefined) return await runHttpGet(handler.httpGet, target, timeoutMs, signal);
    if (handler.tcpSocket !== undefined) {
      const { host = target.podIp, port } = handler.tcpSocket;
      return await runTcp(host, resolvePort(port, target.container), timeoutMs, signal);
    }
    return { ok: false, message: 'this kind of probe is not supported' };
  } catch (error) {
    return { ok: false, message: errorMessage(error) };
  }
}

async function runExec(command: string[], target: HandlerTarget, timeoutMs: number, signal: AbortSignal) {
  const { exitCode, output } = await execInContainer(target.engine, target.containerId, command, { timeoutMs, signal });
  return exitCode === 0 ? ({ ok: true } as const) : { ok: false as const, message: output };
}

async function runHttpGet(
  get: NonNullable<Probe['httpGet']>,
  target: HandlerTarget,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Outcome> {
  const scheme = (get.scheme ?? 'HTTP').toLowerCase();
  const host = get.host === undefined || get.host === '' ? target.podIp : get.host;
  const port = resolvePort(get.port, target.container);
  const path = get.path === undefined || get.path === '' ? '/' : get.path.startsWith('/') ? get.path : `/${get.path}`;
  const headers: Record<string, string> = { 'user-agent': 'kube-probe/1.36', accept: '*/*', connection: 'close' };
  for (const { name, value } of get.httpHeaders ?? []) headers[name.toLowerCase()] = value;
  const { status, body } = await sendGet({ scheme, host, port, path, headers }, timeoutMs, signal);
  if (status >= 200 && status < 400) return { ok: true };
  return { ok: false, message: `HTTP probe failed with statuscode: ${status}${body === '' ? '' : `: ${body}`}` };
}

interface Target {
  scheme: string;
  host: string;
  port: number;
  path: string;
  headers: Record<string, string>;
}

function sendGet({ scheme, host, port, path, headers }: Target, timeoutMs: number, signal: AbortSignal) {
  const url = `${scheme}://${host}:${port}${path}`;
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const send = scheme === 'https' ? httpsRequest : httpRequest;
    // A probe asks whether the program answers, not who it is.
    const outgoing = send({ host, port, path, headers, signal, agent: false, rejectUnauthorized: false });
    const fail = (why: string) => reject(new Error(`Get "${url}": ${why}`));
    const timer = setTimeout(() => outgoing.destroy(new Error('context deadline exceeded')), timeoutMs);
    outgoing.on('error', (error) => {
      clearTimeout(timer);
      fail(error.message);
    });
    outgoing.on('response', (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        if (body.length < longestBody) body += text;
        else outgoing.destroy();
      });
      response.on('close', () => {
        clearTimeout(timer);
        resolve({ status: response.statusCode ?? 0, body: body.slice(0, 200) });
      });
      response.on('error', () => {}); // the status is known: what becomes of the body does not matter
    });
    outgoing.end();
  });
}

function runTcp(host: string, port: number, timeoutMs: number, signal: AbortSignal): Promise<Outcome> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, signal });
    const done = (outcome: Outcome) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(outcome);
    };
    const timer = setTimeout(() => done({ ok: false, message: `dial tcp ${host}:${port}: i/o timeout` }), timeoutMs);
    socket.on('connect', () => done({ ok: true }));
    socket.on('error', (error) => done({ ok: false, message: `dial tcp ${host}:${port}: ${error.message}` }));
  });
}

/** A port by number, or by the name that the container gives it. */
function resolvePort(port: number | string, container: Container): number {
  const number = Number(port);
  if (Number.isInteger(number)) return number;
  const named = container.ports?.find(({ name }) => name === port);
  if (named === undefined) throw new Error(`container ${container.name} has no port named ${port}`);
  return named.containerPort;
}
