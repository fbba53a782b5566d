import { parseQuantity, quantityToNumber } from '@croft/api/quantity';
import type { ResourceRequirements } from '@croft/api/types';
import type { HostConfig } from '../engine/container-types.ts';

const periodUs = 100_000;
const leastQuotaUs = 1_000;
const leastShares = 2;

/**
 * Memory in bytes (swap is not added), CPU time by quota, CPU weight by shares, as the kubelet sets them. The weight
 * follows the request, or the limit where there is none.
 */
export function renderResources(resources: ResourceRequirements | undefined): HostConfig {
  const { limits = {}, requests = {} } = resources ?? {};
  const memory = Math.floor(amountOf(limits.memory));
  const cpuLimit = amountOf(limits.cpu);
  const cpuRequest = amountOf(requests.cpu ?? limits.cpu);
  return {
    CpuShares: Math.max(leastShares, Math.floor(cpuRequest * 1024)),
    ...(memory === 0 ? {} : { Memory: memory, MemorySwap: memory }),
    ...(cpuLimit === 0
      ? {}
      : { CpuPeriod: periodUs, CpuQuota: Math.max(leastQuotaUs, Math.round(cpuLimit * periodUs)) }),
  };
}

/** Cores or bytes; 0 when nothing is said. */
export function amountOf(quantity: string | number | undefined): number {
  return quantity === undefined ? 0 : quantityToNumber(parseQuantity(String(quantity)));
}
