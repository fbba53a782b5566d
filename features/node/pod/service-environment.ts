import type { Service } from '@croft/api/types';

/**
 * The variables that tell of Services, as the kubelet sets them: those of the Pod's namespace where it wants them, and
 * always those of the API's own Service.
 */
export function serviceEnvironment(
  services: readonly Service[],
  namespace: string,
  enableServiceLinks: boolean,
): Map<string, string> {
  const variables = new Map<string, string>();
  for (const service of services) {
    const { name = '', namespace: home } = service.metadata ?? {};
    const isApi = home === 'default' && name === 'kubernetes';
    if (!isApi && !(enableServiceLinks && home === namespace)) continue;
    const address = service.spec?.clusterIP;
    if (address === undefined || address === '' || address === 'None') continue;
    for (const [key, value] of variablesOf(name, address, service.spec?.ports ?? [])) variables.set(key, value);
  }
  return variables;
}

function variablesOf(
  service: string,
  address: string,
  ports: readonly { name?: string; port: number; protocol?: string }[],
): [string, string][] {
  const prefix = toVariable(service);
  const [first] = ports;
  if (first === undefined) return [];
  const variables: [string, string][] = [
    [`${prefix}_SERVICE_HOST`, address],
    [`${prefix}_SERVICE_PORT`, String(first.port)],
    [`${prefix}_PORT`, `${(first.protocol ?? 'TCP').toLowerCase()}://${address}:${first.port}`],
  ];
  for (const { name, port, protocol = 'TCP' } of ports) {
    if (name !== undefined) variables.push([`${prefix}_SERVICE_PORT_${toVariable(name)}`, String(port)]);
    const base = `${prefix}_PORT_${port}_${protocol}`;
    variables.push([base, `${protocol.toLowerCase()}://${address}:${port}`]);
    variables.push([`${base}_PROTO`, protocol.toLowerCase()]);
    variables.push([`${base}_PORT`, String(port)]);
    variables.push([`${base}_ADDR`, address]);
  }
  return variables;
}

function toVariable(name: string): string {
  return name.toUpperCase().replaceAll('-', '_');
}
