const [MOST, LEAST] = [127, 63];

/** What the scale of a weight is multiplied by when its values become 7-bit. */
export const SCALE_GROWTH = MOST / LEAST;

/** By the byte of an 8-bit value (−127..127, two's complement): that of its 7-bit value (−63..63). */
const ROUNDED = Uint8Array.from(
  { length: 256 },
  (_, byte) => Math.round((Math.max(-MOST, (byte << 24) >> 24) * LEAST) / MOST) & 0xff,
);

/**
 * Rounds 8-bit weights to 7 bits, in place. Products of bytes and 7-bit weights are exact on every CPU: two of them, at most
 * 2 · 255 · 63, fit in 16 bits.
 */
export function toSevenBits(bytes: Uint8Array): void {
  for (let index = 0; index < bytes.length; index++) bytes[index] = ROUNDED[bytes[index] ?? 0] ?? 0;
}
