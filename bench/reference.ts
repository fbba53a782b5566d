/**
 * What Kubernetes 1.36.2 with etcd 3.5.30 (`kube-apiserver`, `kube-controller-manager`, `kube-scheduler`) did on a
 * shared 2-core machine under the same load, and what Croft is to reach. Only figures of one run compare fairly.
 */
export const reference: Readonly<Record<string, { kubernetes: number; target: string }>> = {
  'ready after start, ms': { kubernetes: 2600, target: '<= 500' },
  'idle with 500 objects, MiB': { kubernetes: 507, target: '<= 110' },
  'memory for 5,000 Pods, times their JSON': { kubernetes: Number.NaN, target: '<= 4' },
  'create_h1_64 /s': { kubernetes: 861, target: '>= 2500' },
  'create_h1_16 /s': { kubernetes: 1194, target: '' },
  'create_h1_1 /s': { kubernetes: 448, target: '' },
  'update_h1_64 /s': { kubernetes: 610, target: '>= 1830' },
  'update_h1_16 /s': { kubernetes: 994, target: '' },
  'update_h1_1 /s': { kubernetes: 453, target: '' },
  'apply_h1_64 /s': { kubernetes: 475, target: '>= 1425' },
  'apply_h1_16 /s': { kubernetes: 500, target: '' },
  'apply_h1_1 /s': { kubernetes: 405, target: '' },
  'get_h1_64 /s': { kubernetes: 1771, target: '' },
  'get_h1_16 /s': { kubernetes: 1675, target: '' },
  'get_h1_1 /s': { kubernetes: 799, target: '' },
  'get_h2_64 /s': { kubernetes: 2401, target: '' },
  'list_5000_pods_all p50 ms': { kubernetes: 187, target: '<= 120' },
  'list_5000_pods_limit500 p50 ms': { kubernetes: 20, target: '' },
  'watch p50 ms': { kubernetes: 4, target: '' },
  'watch p99 ms': { kubernetes: 12.6, target: '<= 10' },
};
