import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Azure's platform address: in a public range, yet it answers from inside the owner's network. */
const PUBLIC_LOOKING = new Set(['168.63.129.16']);
/** The only block of IPv6 that the registries hand out to the public Internet. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');
/** Interface identifiers of ISATAP (RFC 5214) carry an IPv4 address in their last 32 bits. */
const ISATAP = new Set(['0:5efe', '200:5efe']);

/**
 * True only for an address of the public Internet. Everything that is private, local, reserved, multicast, or an IPv6
 * form that carries an IPv4 address (mapped, compatible, 6to4, NAT64, Teredo, ISATAP) is not. ipaddr.js alone calls
 * `::7f00:1` and ISATAP "unicast", hence the two further rules.
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  if (parsed instanceof ipaddr.IPv4) return !PUBLIC_LOOKING.has(parsed.toString());
  const identifier = parsed.parts
    .slice(4, 6)
    .map((part) => part.toString(16))
    .join(':');
  return parsed.match(GLOBAL_UNICAST) && !ISATAP.has(identifier);
}
