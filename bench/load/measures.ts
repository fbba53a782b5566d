import { setTimeout } from 'node:timers/promises';
import type { Connection } from './connection.ts';
import { configMap, pendingPod } from './objects.ts';
import { openTransport, openWatch, type Protocol } from './transport.ts';
import { forEach, latenciesOf, runWindow } from './window.ts';

export interface LoadOptions {
  readonly connection: Connection;
  /** Of each window of load. */
  readonly seconds: number;
  readonly clients: readonly number[];
  readonly protocols: readonly Protocol[];
  readonly pods: number;
}

/** Named figures of one measure: `create_h1_64` with its values. */
export type Figures = Record<string, object>;

/** `folder` is a namespace of the measure's own: `/api/v1/namespaces/load-create`. */
type Measure = (options: LoadOptions, folder: string) => Promise<Figures>;

async function measureCreate(options: LoadOptions, folder: string): Promise<Figures> {
  return await eachLoad(options, 'create', async (send, name) => {
    return (index) => send({ method: 'POST', path: `${folder}/configmaps`, body: configMap(`${name}-${index}`) });
  });
}

async function measureGet(options: LoadOptions, folder: string): Promise<Figures> {
  await fillConfigMaps(options, folder, 100);
  return await eachLoad(options, 'get', async (send) => (index) => {
    return send({ method: 'GET', path: `${folder}/configmaps/cm-${index % 100}` });
  });
}

async function measureUpdate(options: LoadOptions, folder: string): Promise<Figures> {
  await fillConfigMaps(options, folder, Math.max(...options.clients));
  return await eachLoad({ ...options, protocols: ['h1'] }, 'update', async (send) => (index, client) => {
    const name = `cm-${client}`;
    return send({ method: 'PUT', path: `${folder}/configmaps/${name}`, body: configMap(name, index) });
  });
}

async function measureApply(options: LoadOptions, folder: string): Promise<Figures> {
  const type = 'application/apply-patch+yaml';
  return await eachLoad({ ...options, protocols: ['h1'] }, 'apply', async (send) => (index, client) => {
    const path = `${folder}/configmaps/cm-${client}?fieldManager=load&force=true`;
    return send({ method: 'PATCH', path, type, body: configMap(`cm-${client}`, index) });
  });
}

async function measureList({ connection, seconds, pods }: LoadOptions, folder: string): Promise<Figures> {
  using transport = await openTransport('h1', connection, 16);
  await forEach(pods, (index) =>
    transport.send({ method: 'POST', path: `${folder}/pods`, body: pendingPod(`pod-${index}`) }),
  );
  const figures: Figures = {};
  for (const [name, query] of Object.entries({ all: '', limit500: '?limit=500' })) {
    let bytes = 0;
    const window = await runWindow(1, seconds, async () => {
      bytes = await transport.send({ method: 'GET', path: `${folder}/pods${query}` });
    });
    figures[`list_${pods}_pods_${name}`] = { ...window, megabytes: Math.round(bytes / 1e5) / 10 };
  }
  return figures;
}

const watchers = 50;
const writesPerSecond = 100;

async function measureWatch({ connection, seconds }: LoadOptions, folder: string): Promise<Figures> {
  using transport = await openTransport('h1', connection, 32);
  await transport.send({ method: 'POST', path: `${folder}/configmaps`, body: configMap('cm') });
  const times: number[] = [];
  const onLine = (line: string) => {
    const sent = /"sent":"([0-9.]+)"/.exec(line)?.[1];
    if (sent !== undefined) times.push(performance.now() - Number(sent));
  };
  using stack = new DisposableStack();
  const path = `${folder}/configmaps?watch=true&labelSelector=app%3Dload`;
  for (let index = 0; index < watchers; index++) stack.use(await openWatch(connection, path, onLine));
  const writes = Math.round(seconds * writesPerSecond);
  const begin = performance.now();
  const type = 'application/merge-patch+json';
  const pending: Promise<number>[] = [];
  for (let index = 0; index < writes; index++) {
    await setTimeout(Math.max(begin + (index * 1000) / writesPerSecond - performance.now(), 0));
    const body = JSON.stringify({ data: { sent: performance.now().toFixed(3) } });
    pending.push(transport.send({ method: 'PATCH', path: `${folder}/configmaps/cm`, body, type }));
  }
  await Promise.all(pending);
  const deadline = performance.now() + 10_000;
  while (times.length < writes * watchers && performance.now() < deadline) await setTimeout(20);
  return { watch: { ...latenciesOf(times), events: times.length, missing: writes * watchers - times.length } };
}

export const measures = {
  create: measureCreate,
  get: measureGet,
  update: measureUpdate,
  apply: measureApply,
  watch: measureWatch,
  list: measureList,
} satisfies Record<string, Measure>;

type Send = Awaited<ReturnType<typeof openTransport>>['send'];
type Prepare = (send: Send, name: string) => Promise<(index: number, client: number) => Promise<unknown>>;

/** The same load with each protocol and number of clients in turn. */
async function eachLoad(options: LoadOptions, name: string, prepare: Prepare): Promise<Figures> {
  const { connection, protocols, clients, seconds } = options;
  const figures: Figures = {};
  for (const protocol of protocols) {
    for (const count of clients) {
      using transport = await openTransport(protocol, connection, count);
      const step = await prepare(transport.send, `${protocol}-${count}`);
      figures[`${name}_${protocol}_${count}`] = await runWindow(count, seconds, step);
    }
  }
  return figures;
}

async function fillConfigMaps({ connection }: LoadOptions, folder: string, count: number): Promise<void> {
  using transport = await openTransport('h1', connection, 16);
  await forEach(count, (index) =>
    transport.send({ method: 'POST', path: `${folder}/configmaps`, body: configMap(`cm-${index}`) }),
  );
}
