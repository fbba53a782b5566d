import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { test } from 'node:test';
import { openWorld } from '../testing/front-door-world.ts';
import { testIngress, testService, testSlice } from '../testing/objects.ts';

test('a WebSocket outlives the coming and going of Pods', async (t) => {
  const { apply, options } = await openWorld(t);
  const server = createServer();
  server.on('upgrade', (_, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    socket.pipe(socket);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const service = (name: string) =>
    testService(name, { clusterIP: 'None', selector: { app: name }, ports: [{ port: 80, targetPort: port }] });
  const objects = {
    ingresses: [testIngress('web', 'wiki.croft.test'), testIngress('other', 'other.croft.test', 'other')],
    services: [service('web'), service('other')],
  };
  await apply({ ...objects, slices: [testSlice('web', ['127.0.0.1'], port, '')] });

  const headers = { host: 'wiki.croft.test', connection: 'Upgrade', upgrade: 'websocket' };
  const outgoing = request({ host: '127.0.0.1', port: options.httpPort, headers }).end();
  const [, socket] = (await once(outgoing, 'upgrade')) as [unknown, Socket];
  t.after(() => socket.destroy());
  const echo = async (text: string) => {
    socket.write(text);
    return String((await once(socket, 'data'))[0]);
  };
  assert.equal(await echo('one'), 'one');
  const slices = [testSlice('web', ['127.0.0.1', '127.0.0.2'], port, ''), testSlice('other', ['127.0.0.3'], port, '')];
  assert.equal(await apply({ ...objects, slices }), false);
  assert.equal(await apply({ ...objects, slices: [] }), false);
  assert.equal(await echo('two'), 'two');
});
