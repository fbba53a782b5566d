import type { EndpointSlice, Ingress, Service } from '@croft/api/types';

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

/** An Ingress in `default` that leads all of a host, or what lies under a path, to port 80 of a Service. */
export function testIngress(name: string, host: string, service = 'web', path = '/'): Ingress {
  const pathType = path.includes('(') ? 'ImplementationSpecific' : 'Prefix';
  const backend = { service: { name: service, port: { number: 80 } } };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name, namespace: 'default' },
    spec: { rules: [{ host, http: { paths: [{ path, pathType, backend }] } }] },
  };
}
