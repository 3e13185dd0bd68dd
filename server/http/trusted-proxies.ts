import ipaddr from 'ipaddr.js';

export type TrustProxy = (address: string) => boolean;

/** Whether `X-Forwarded-*` of a neighbour count, for addresses and networks such as `127.0.0.1` and `10.0.0.0/8`. */
export function trustedProxies(networks: readonly string[]): TrustProxy {
  const ranges = networks.map((network) =>
    network.includes('/') ? ipaddr.parseCIDR(network) : ([ipaddr.process(network), null] as const),
  );
  return (address) => {
    if (!ipaddr.isValid(address)) return false;
    const asked = ipaddr.process(address);
    return ranges.some(([range, bits]) => {
      if (asked.kind() !== range.kind()) return false;
      return bits === null ? asked.toString() === range.toString() : asked.match(range, bits);
    });
  };
}

/** True for an address or a network in CIDR form. */
export function isNetwork(text: string): boolean {
  return text.includes('/') ? ipaddr.isValidCIDR(text) : ipaddr.isValid(text);
}
