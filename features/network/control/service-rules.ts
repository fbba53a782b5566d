import type { EndpointSlice, Service } from '@croft/api/types';
import { applyRuleset, readRuleset } from '../services/apply-ruleset.ts';
import { applyHairpin } from '../services/hairpin.ts';
import { applyHostRoutes } from '../services/host-routes.ts';
import { type RulesetOptions, renderRuleset } from '../services/render-ruleset.ts';

export interface ServiceRules {
  apply(services: Iterable<Service>, slices: Iterable<EndpointSlice>): Promise<void>;
  /** Puts back what somebody else has removed (a firewall that was started anew, a bridge that came later). */
  mend(): Promise<void>;
}

export function createServiceRules(options: RulesetOptions & { bridge: string }): ServiceRules {
  let wanted: string | undefined;
  let inKernel: string | undefined;
  const put = async (text: string) => {
    await applyRuleset(text);
    inKernel = await readRuleset(options.instanceId);
    wanted = text;
  };
  return {
    apply: async (services, slices) => {
      const text = renderRuleset(services, slices, options);
      if (text !== wanted) await put(text);
      await applyHairpin(options.bridge);
    },
    mend: async () => {
      await applyHostRoutes(options);
      await applyHairpin(options.bridge);
      if (wanted !== undefined && (await readRuleset(options.instanceId)) !== inKernel) await put(wanted);
    },
  };
}
