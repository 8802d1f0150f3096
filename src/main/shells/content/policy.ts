/**
 * Headers every page, file and picture carries in every shell. The page is our own code: nothing
 * inline, nothing from elsewhere, no frame around it and none inside it.
 */
export function pageHeaders(connect: string): Record<string, string> {
  return {
    'content-security-policy': [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "font-src 'self'",
      "img-src 'self' blob:",
      `connect-src ${connect}`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    ...commonHeaders,
  };
}

/**
 * Headers of media. An imported picture or an SVG is data from elsewhere: opened on its own it may
 * style itself but runs nothing, and it has no origin to act with.
 */
export function mediaHeaders(): Record<string, string> {
  return {
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    ...commonHeaders,
  };
}

const commonHeaders = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};
