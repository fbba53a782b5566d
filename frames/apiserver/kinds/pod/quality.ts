import { parseQuantity } from '@croft/api/quantity';
import type { Container, PodSpec } from '@croft/api/types';

type Amounts = Readonly<Record<string, string>>;

/** The quality of service that requests and limits of processor and memory amount to. */
export function qualityOf(spec: PodSpec): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const containers = [...(spec.initContainers ?? []), ...(spec.containers ?? [])];
  const asks = containers.some((one) => positive(one.resources?.requests) || positive(one.resources?.limits));
  if (!asks) return 'BestEffort';
  return containers.every(isGuaranteed) ? 'Guaranteed' : 'Burstable';
}

function isGuaranteed({ resources }: Container): boolean {
  const limits = (resources?.limits ?? {}) as Amounts;
  const requests = (resources?.requests ?? {}) as Amounts;
  return ['cpu', 'memory'].every((name) => {
    const [limit, request] = [limits[name], requests[name]];
    return limit !== undefined && request !== undefined && parseQuantity(limit).nano === parseQuantity(request).nano;
  });
}

function positive(amounts: unknown): boolean {
  const map = (amounts ?? {}) as Amounts;
  return ['cpu', 'memory'].some((name) => map[name] !== undefined && parseQuantity(map[name]).nano > 0n);
}
