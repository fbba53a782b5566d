/** The usable addresses of an IPv4 network: neither the network's own nor the broadcast address. */
export function ipv4Range(cidr: string) {
  const [base = '', bits = '32'] = cidr.split('/');
  const first = toNumber(base);
  const size = 2 ** (32 - Number(bits));
  const at = (index: number): string => toText(first + index);
  return {
    cidr,
    at,
    contains(address: string): boolean {
      const number = toNumber(address);
      return number > first && number < first + size - 1;
    },
    /** A free address, begun at a random place so that a freed one is not given again at once. */
    pick(isFree: (address: string) => boolean): string | undefined {
      const count = size - 2;
      const start = Math.floor(Math.random() * count);
      for (let step = 0; step < count; step += 1) {
        const index = 1 + ((start + step) % count);
        if (index > 1 && isFree(at(index))) return at(index);
      }
      return undefined;
    },
  };
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function toText(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}
