import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/**
 * Who may talk to the loopback server. Other programs and web pages on this computer can reach the
 * port, so each request proves three things: it was addressed to this computer by name (a page
 * whose domain was re-pointed to 127.0.0.1 says its own name), it comes from our own page where a
 * browser says where from, and it carries the secret of this start.
 */
export interface Guard {
  readonly port: number;
  readonly token: string;
}

export type Refusal = 'host' | 'origin' | 'token';

/** Cookies are shared between ports of one address, so the name carries the port. */
export function cookieName(port: number): string {
  return `iqalab_${port}`;
}

/** First reason to refuse a request, or null; `requireOrigin` for sockets, which always send it. */
export function refusal(
  guard: Guard,
  headers: IncomingHttpHeaders,
  { requireOrigin = false } = {},
): Refusal | null {
  const hosts = [`127.0.0.1:${guard.port}`, `localhost:${guard.port}`];
  const { host, origin } = headers;
  if (host === undefined || !hosts.includes(host)) return 'host';
  if (origin === undefined ? requireOrigin : origin !== `http://${host}`) return 'origin';
  return sameSecret(cookie(headers.cookie, cookieName(guard.port)), guard.token) ? null : 'token';
}

/** Compares in a time that does not depend on where the two differ. */
export function sameSecret(given: string | null, expected: string): boolean {
  if (given === null) return false;
  // Hashing first gives equal lengths without telling anything about the expected one.
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

function cookie(header: string | undefined, name: string): string | null {
  for (const part of header?.split(';') ?? []) {
    const [key, value] = part.trim().split('=', 2);
    if (key === name) return value ?? null;
  }
  return null;
}
