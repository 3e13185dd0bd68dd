/** No inline script or style, nothing from elsewhere, no frame. */
const BOTH = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self' blob:",
  'connect-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
};
const NO_MARKUP_FROM_TEXT = { 'require-trusted-types-for': "'script'", 'trusted-types': "'none'" };

function policyOf(directives: Readonly<Record<string, string>>): string {
  return Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ');
}

/** `Content-Security-Policy` of the console's page, where no script can turn a text into markup either. */
export const CONSOLE_POLICY = policyOf({ ...BOTH, ...NO_MARKUP_FROM_TEXT });

/** The same for bull-board, whose page has a `base` element and loads its parts in a way that Trusted Types refuse. */
export const BOARD_POLICY = policyOf({ ...BOTH, 'base-uri': "'self'" });
