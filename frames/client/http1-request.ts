import { type Agent, request as httpsRequest } from 'node:https';
import { type Outgoing, readAnswer } from './https-answer.ts';

/** Sends a request by HTTP/1.1, on a connection of its own that the agent keeps for the next one. */
export function sendByHttp1(agent: Agent, { request, url, headers, body }: Outgoing): Promise<Response> {
  return new Promise((resolve, reject) => {
    const { method, signal } = request;
    const outgoing = httpsRequest(url, { method, headers, agent, signal }, (incoming) => {
      const answer = new Headers();
      for (const [name, value] of Object.entries(incoming.headers)) {
        for (const item of Array.isArray(value) ? value : [value ?? '']) answer.append(name, item);
      }
      resolve(readAnswer(incoming, { request, status: incoming.statusCode ?? 500, headers: answer }));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
