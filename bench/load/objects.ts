const payload = 'x'.repeat(1024);

/** A ConfigMap of a little more than 1 KiB; `mark` makes its content another one. */
export function configMap(name: string, mark: string | number = ''): string {
  const metadata = { name, labels: { app: 'load' } };
  return JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { payload: `${mark}${payload}` } });
}

/** A Pod that stays pending, as its scheduler does not exist. With what the server adds about 3.3 KB. */
export function pendingPod(name: string): string {
  const container = {
    name: 'main',
    image: 'registry.example.org/app:1.2.3',
    ports: [{ containerPort: 8080, name: 'http' }],
    env: Array.from({ length: 8 }, (_, index) => ({ name: `VAR_${index}`, value: `value-${index}` })),
    resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { memory: '128Mi' } },
    readinessProbe: { httpGet: { path: '/ready', port: 'http' } },
  };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: 'load', tier: `t${name.length}` }, annotations: { note: 'y'.repeat(200) } },
    spec: { schedulerName: 'nobody', automountServiceAccountToken: false, containers: [container] },
  });
}
