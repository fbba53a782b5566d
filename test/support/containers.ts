import type { TestInstance } from './instance.ts';

/** Ids of the running containers of an application's Pods with how often each was restarted, sorted. */
export async function readContainers(instance: TestInstance, selector: string): Promise<string[]> {
  const { items } = JSON.parse(
    await instance.kubectl('get', 'pods', '--namespace', 'apps', '--selector', selector, '--output', 'json'),
  ) as { items: { status: { containerStatuses?: { containerID: string; restartCount: number }[] } }[] };
  return items
    .flatMap(({ status }) => status.containerStatuses ?? [])
    .map(({ containerID, restartCount }) => `${containerID} restarted ${restartCount}`)
    .sort();
}
