import { StatusError } from '@croft/api/status';
import type { ApiServerOptions } from '@croft/apiserver/server';
import type { RunningNode } from '@croft/node/start-node';

/** How the API server reaches the one node, which starts after it. */
export function nodeAccess(
  findNode: () => RunningNode | undefined,
): Required<Pick<ApiServerOptions, 'nodeProxy' | 'nodeStreams'>> {
  const getNode = (): RunningNode => {
    const node = findNode();
    if (node === undefined) throw new StatusError(503, 'ServiceUnavailable', 'the node is starting: try again');
    return node;
  };
  return {
    nodeProxy: async (_node, request) => await getNode().fetch(request),
    nodeStreams: {
      exec: async (...call) => await getNode().streams.exec(...call),
      attach: async (...call) => await getNode().streams.attach(...call),
      connect: async (...call) => await getNode().streams.connect(...call),
    },
  };
}
