import type { Duplex } from 'node:stream';
import type { Connection } from './connection.ts';
import type { ContainerInspect } from './container-types.ts';

/** A container's own process, joined to a connection. */
export interface Attached {
  /** Frames as `readFrames` reads them, or what comes from the terminal as it is. */
  readonly stream: Duplex;
  readonly tty: boolean;
  /** Characters. */
  resize(size: { width: number; height: number }): Promise<void>;
}

/**
 * Joins a running container; only what it writes from now on comes. Throws EngineError. When the last one who joined
 * with input leaves, the engine ends the container's input, unless that is a terminal.
 */
export async function attachContainer(
  engine: Connection,
  id: string,
  streams: { stdin: boolean; stdout: boolean; stderr: boolean },
): Promise<Attached> {
  const { Config } = await engine.call<ContainerInspect>({ method: 'GET', path: `/containers/${id}/json` });
  const query = { stream: true, ...streams };
  return {
    stream: await engine.hijack({ method: 'POST', path: `/containers/${id}/attach`, query }),
    tty: Config.Tty === true,
    resize: async ({ width, height }) => {
      await engine.call({ method: 'POST', path: `/containers/${id}/resize`, query: { w: width, h: height } });
    },
  };
}
