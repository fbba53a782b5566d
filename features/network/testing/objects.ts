import type { EndpointSlice, Service } from '@croft/api/types';

/** A Service in the namespace `default` with one port, named `http`. */
export function testService(name: string, spec: Service['spec'] = {}): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'default' },
    spec: { ports: [{ name: 'http', port: 80, protocol: 'TCP' }], ...spec },
  };
}

/** The slice of that Service: one endpoint for each address, all ready. */
export function testSlice(service: string, addresses: string[], port = 8080, name = 'http'): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${service}-1`, namespace: 'default', labels: { 'kubernetes.io/service-name': service } },
    addressType: 'IPv4',
    endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
    ports: [{ name, port, protocol: 'TCP' }],
  };
}
