import { BlockList, isIP, SocketAddress } from 'node:net';
import type { Environment } from '@marcbachmann/cel-js';

class CelIp {
  readonly text: string;
  readonly family: 4 | 6;

  constructor(text: string) {
    this.family = isIP(text) === 4 ? 4 : 6;
    this.text = canonical(text, this.family);
  }
}

class CelCidr {
  readonly ip: CelIp;
  readonly length: number;
  readonly block = new BlockList();

  constructor(text: string) {
    const slash = text.indexOf('/');
    this.ip = new CelIp(text.slice(0, slash));
    this.length = Number(text.slice(slash + 1));
    this.block.addSubnet(this.ip.text, this.length, familyName(this.ip));
  }
}

/** Kubernetes' functions on IP addresses and CIDR ranges. */
export function addAddressFunctions(environment: Environment): void {
  environment
    .registerType('net.IP', { ctor: CelIp, fields: {} })
    .registerType('net.CIDR', { ctor: CelCidr, fields: {} })
    .registerFunction('isIP(string): bool', isAddress)
    .registerFunction('ip(string): net.IP', parseIp)
    .registerFunction('net.IP.family(): int', (ip: CelIp) => BigInt(ip.family))
    .registerFunction('net.IP.isUnspecified(): bool', (ip: CelIp) => ip.text === '0.0.0.0' || ip.text === '::')
    .registerFunction('net.IP.isLoopback(): bool', (ip: CelIp) => ip.text === '::1' || ip.text.startsWith('127.'))
    .registerFunction('string(net.IP): string', (ip: CelIp) => ip.text)
    .registerFunction('isCIDR(string): bool', isRange)
    .registerFunction('cidr(string): net.CIDR', parseCidr)
    .registerFunction('net.CIDR.containsIP(net.IP): bool', containsIp)
    .registerFunction('net.CIDR.containsIP(string): bool', (cidr: CelCidr, ip: string) => containsIp(cidr, parseIp(ip)))
    .registerFunction('net.CIDR.containsCIDR(net.CIDR): bool', containsCidr)
    .registerFunction('net.CIDR.containsCIDR(string): bool', (cidr: CelCidr, other: string) =>
      containsCidr(cidr, parseCidr(other)),
    )
    .registerFunction('net.CIDR.ip(): net.IP', (cidr: CelCidr) => cidr.ip)
    .registerFunction('net.CIDR.prefixLength(): int', (cidr: CelCidr) => BigInt(cidr.length))
    .registerFunction('string(net.CIDR): string', (cidr: CelCidr) => `${cidr.ip.text}/${cidr.length}`);
}

function isAddress(text: string): boolean {
  return isIP(text) !== 0 && !text.includes('%');
}

function isRange(text: string): boolean {
  const slash = text.indexOf('/');
  const address = text.slice(0, slash);
  const length = text.slice(slash + 1);
  if (slash < 0 || !isAddress(address) || !/^\d{1,3}$/.test(length)) return false;
  return Number(length) <= (isIP(address) === 4 ? 32 : 128);
}

function parseIp(text: string): CelIp {
  if (!isAddress(text)) throw new Error(`IP Address '${text}' parse error during conversion from string`);
  return new CelIp(text);
}

function parseCidr(text: string): CelCidr {
  if (!isRange(text)) throw new Error(`CIDR parse error during conversion from string: ${text}`);
  return new CelCidr(text);
}

function containsIp(cidr: CelCidr, ip: CelIp): boolean {
  return cidr.ip.family === ip.family && cidr.block.check(ip.text, familyName(ip));
}

function containsCidr(cidr: CelCidr, other: CelCidr): boolean {
  return cidr.length <= other.length && containsIp(cidr, other.ip);
}

function familyName(ip: CelIp): 'ipv4' | 'ipv6' {
  return ip.family === 4 ? 'ipv4' : 'ipv6';
}

function canonical(text: string, family: 4 | 6): string {
  return new SocketAddress({ address: text, family: family === 4 ? 'ipv4' : 'ipv6' }).address;
}
