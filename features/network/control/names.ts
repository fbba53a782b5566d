import { renderRecords } from '../dns/render-records.ts';
import { startDns, writeRecords } from '../dns/start-dns.ts';
import { defaultClusterDomain, type NetworkOptions } from './network-options.ts';
import { type Observed, servedIngresses } from './observed.ts';

/** Gives a function that hands all names to the DNS program and makes sure that it runs. */
export function createNames(options: NetworkOptions, observed: Observed): (signal: AbortSignal) => Promise<void> {
  const { runDir, dnsAddress, clock, dnsProgram, clusterDomain = defaultClusterDomain } = options;
  const dns = { runDir, address: dnsAddress, clock, ...(dnsProgram === undefined ? {} : { program: dnsProgram }) };
  let written: string | undefined;
  return async (signal) => {
    const hosts = servedIngresses(observed).flatMap(({ spec }) => spec?.rules?.flatMap(({ host }) => host ?? []) ?? []);
    const records = renderRecords(observed.services.list(), observed.slices.list(), {
      clusterDomain,
      serviceCidr: options.serviceCidr,
      podCidr: options.podCidr,
      frontDoorNames: new Set(hosts),
      frontDoorAddress: dnsAddress,
    });
    const text = JSON.stringify(records);
    if (text !== written) await writeRecords(runDir, records);
    written = text;
    await startDns({ ...dns, signal });
  };
}
