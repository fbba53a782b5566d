// The load on a Kubernetes API, in a process of its own: `node bench/load/main.ts --kubeconfig FILE [--only create,get]
// [--seconds 5] [--clients 1,16,64] [--protocols h1,h2] [--pods 5000]` prints one JSON object of figures. What it made
// is deleted at the end.
import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readConnection } from './connection.ts';
import { type Figures, measures } from './measures.ts';
import { openTransport, type Protocol, type Transport } from './transport.ts';

const { values } = parseArgs({
  options: {
    kubeconfig: { type: 'string', default: process.env.KUBECONFIG ?? '' },
    only: { type: 'string', default: Object.keys(measures).join() },
    seconds: { type: 'string', default: '5' },
    clients: { type: 'string', default: '1,16,64' },
    protocols: { type: 'string', default: 'h1,h2' },
    pods: { type: 'string', default: '5000' },
  },
});
const connection = readConnection(values.kubeconfig);
const options = {
  connection,
  seconds: Number(values.seconds),
  clients: values.clients.split(',').map(Number),
  protocols: values.protocols.split(',') as Protocol[],
  pods: Number(values.pods),
};

using transport = await openTransport('h1', connection, 4);
const figures: Figures = {};
for (const name of values.only.split(',')) {
  const measure = measures[name as keyof typeof measures];
  if (measure === undefined) throw new Error(`--only ${name}: one of ${Object.keys(measures).join()} is expected`);
  const namespace = `load-${randomBytes(3).toString('hex')}-${name}`;
  const folder = `/api/v1/namespaces/${namespace}`;
  try {
    await makeNamespace(transport, namespace);
    Object.assign(figures, await measure(options, folder));
  } finally {
    await transport.send({ method: 'DELETE', path: folder });
  }
}
process.stdout.write(`${JSON.stringify(figures)}\n`);

/** Pods need the namespace's ServiceAccount, which comes a little later. */
async function makeNamespace({ send }: Transport, name: string): Promise<void> {
  const metadata = { name };
  const body = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata });
  await send({ method: 'POST', path: '/api/v1/namespaces', body });
  const path = `/api/v1/namespaces/${name}/serviceaccounts/default`;
  for (let tries = 1; ; tries += 1) {
    try {
      await send({ method: 'GET', path });
      return;
    } catch (error) {
      if (tries === 100) throw error;
      await setTimeout(50);
    }
  }
}
