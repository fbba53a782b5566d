import { request } from 'node:https';

/** Where the front door of an instance is on this machine, and whom it is trusted by. */
export interface FrontDoorAddress {
  port: number;
  /** PEM of the instance's authority. */
  authority: string;
}

const timeoutMs = 10_000;

/** Whether an application answers under its name: anything but silence and the errors of a server. */
export async function answers(host: string, { port, authority }: FrontDoorAddress): Promise<boolean> {
  return await new Promise<boolean>((resolve) => {
    const options = {
      host: '127.0.0.1',
      port,
      servername: host,
      ca: authority,
      headers: { host },
      timeout: timeoutMs,
      agent: false as const,
    };
    const outgoing = request(options, (incoming) => {
      incoming.resume();
      resolve((incoming.statusCode ?? 500) < 500);
    });
    outgoing.on('timeout', () => outgoing.destroy());
    outgoing.on('error', () => resolve(false)); // not yet: it is asked again
    outgoing.end();
  });
}
