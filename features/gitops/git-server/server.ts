import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { errorMessage } from '@croft/foundation/errors';
import type { Log } from '@croft/foundation/log';
import { gitEnvironment } from './bare-git.ts';
import { isPrivate, isRepository } from './repositories.ts';
import { type GitToken, rightOf } from './tokens.ts';

export interface GitServerOptions {
  /** The folder of the bare repositories. */
  root: string;
  host: string;
  port: number;
  /** The tokens that are passwords (with any user name) now. Repositories that are not private are read without one. */
  readTokens: () => Promise<readonly GitToken[]>;
  log: Log;
}

export interface GitServer extends AsyncDisposable {
  /** `http://127.0.0.1:8418`. */
  url: string;
}

const requestTimeoutMs = 10 * 60_000;
const repositoryPath =
  /^\/([a-zA-Z0-9][a-zA-Z0-9._-]*\.git)\/(info\/refs|git-upload-pack|git-receive-pack|HEAD|objects\/[a-zA-Z0-9/._-]+)$/;

/** Serves git repositories over HTTP through `git http-backend`. Rejects when the port is taken. */
export async function startGitServer(options: GitServerOptions): Promise<GitServer> {
  const server = createServer((request, response) => {
    handle(request, response, options).catch((error) => {
      options.log.warn('a git request failed', { path: request.url, error: errorMessage(error) });
      if (!response.headersSent) refuse(response, 500, errorMessage(error));
    });
  });
  server.requestTimeout = requestTimeoutMs;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${options.host}:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function handle(request: IncomingMessage, response: ServerResponse, options: GitServerOptions): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const [, repository = ''] = repositoryPath.exec(url.pathname) ?? [];
  const dir = join(options.root, repository);
  if (repository === '' || url.pathname.includes('..') || !(await isRepository(dir)))
    return refuse(response, 404, 'there is no such repository here');
  const isPush = url.pathname.endsWith('/git-receive-pack') || url.searchParams.get('service') === 'git-receive-pack';
  const given = readCredentials(request);
  const right = given && rightOf(await options.readTokens(), given.password, repository.replace(/\.git$/, ''));
  if (isPush && right === 'read') return refuse(response, 403, 'this token lets you read, not push');
  if (right === undefined && (isPush || given !== undefined || (await isPrivate(dir)))) {
    response.setHeader('www-authenticate', 'Basic realm="Croft", charset="UTF-8"');
    return refuse(response, 401, 'a token of this instance is needed as the password: croft git token create NAME');
  }
  runBackend(request, response, url, right === 'push' ? given?.user : undefined, options);
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${message}\n`);
}

/** The name and password that a request carries; any name will do. */
function readCredentials({ headers }: IncomingMessage): { user: string; password: string } | undefined {
  const [scheme = '', credentials = ''] = (headers.authorization ?? '').split(' ');
  if (scheme.toLowerCase() !== 'basic') return undefined;
  const [user = '', ...password] = Buffer.from(credentials, 'base64').toString('utf8').split(':');
  return { user: user || 'git', password: password.join(':') };
}

function runBackend(
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
  user: string | undefined,
  { root, log }: GitServerOptions,
): void {
  const { headers } = request;
  const backend = spawn('git', ['http-backend'], {
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: requestTimeoutMs,
    env: gitEnvironment({
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: headers['content-type'],
      CONTENT_LENGTH: headers['content-length'],
      HTTP_CONTENT_ENCODING: headers['content-encoding'],
      GIT_PROTOCOL: headers['git-protocol']?.toString(),
      REMOTE_ADDR: request.socket.remoteAddress,
      ...(user === undefined ? {} : { REMOTE_USER: user }),
    }),
  });
  backend.on('error', (error) => {
    if (!response.headersSent) refuse(response, 500, `git http-backend could not run: ${error.message}`);
  });
  backend.stdin.on('error', () => {}); // it may answer before it has read all
  backend.stderr.on('data', (text: Buffer) =>
    log.warn('git http-backend', { path: url.pathname, error: text.toString('utf8').trim() }),
  );
  request.pipe(backend.stdin);
  request.on('aborted', () => backend.kill());
  passAnswer(backend.stdout, response).catch((error) =>
    log.warn('a git answer broke off', { path: url.pathname, error: errorMessage(error) }),
  );
}

/** Turns a CGI answer (headers, empty line, body) into one of HTTP. */
async function passAnswer(output: AsyncIterable<Buffer>, response: ServerResponse): Promise<void> {
  let head = Buffer.alloc(0);
  let inBody = false;
  for await (const chunk of output) {
    if (inBody) {
      response.write(chunk);
      continue;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) continue;
    writeHead(head.subarray(0, end).toString('latin1'), response);
    response.write(head.subarray(end + 4));
    inBody = true;
  }
  if (!inBody && !response.headersSent) return refuse(response, 500, 'git http-backend gave no answer');
  response.end();
}

function writeHead(head: string, response: ServerResponse): void {
  let status = 200;
  for (const line of head.split('\r\n')) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon);
    const value = line.slice(colon + 1).trim();
    if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10);
    else response.setHeader(name, value);
  }
  response.writeHead(status);
}
