import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { KeyAndCertificate } from '@croft/foundation/certificates';

export interface TestServer extends AsyncDisposable {
  url: string;
  /** What was asked for: `GET /path`. */
  requests: string[];
}

/** An HTTP server on a port of its own; with a certificate, over TLS. */
export async function startTestServer(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  tls?: KeyAndCertificate & { clientCa?: string },
): Promise<TestServer> {
  const requests: string[] = [];
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    requests.push(`${request.method} ${request.url}`);
    answer(request, response);
  };
  const server =
    tls === undefined
      ? createServer(handle)
      : createTlsServer(
          { cert: tls.certificate, key: tls.key, ca: tls.clientCa, requestCert: tls.clientCa !== undefined },
          handle,
        );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
