import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { protocol } from 'electron';
import { answer, type Answer, type ContentSource } from '../content/answer';
import { isOwnAddress, scheme } from './origin';

/** Must run before the app is ready: gives the scheme an origin, so that `'self'` means it. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } },
  ]);
}

/** Serves the built page and the lab's media under `app://lab/`. */
export function serveScheme(source: Omit<ContentSource, 'connect'>): void {
  protocol.handle(scheme, async (request) => {
    if (!isOwnAddress(request.url) || request.method !== 'GET') {
      return new Response(null, { status: 403 });
    }
    const known = request.headers.get('if-none-match');
    const found = await answer(
      { ...source, connect: "'self'" },
      new URL(request.url).pathname,
      known,
    );
    return new Response(bodyOf(found), { status: found.status, headers: found.headers });
  });
}

type Body = ConstructorParameters<typeof Response>[0];

function bodyOf({ body }: Answer): Body {
  if (body === null) return null;
  if ('bytes' in body) return new Uint8Array(body.bytes);
  // Node's and the browser's declarations of one and the same class differ.
  return Readable.toWeb(createReadStream(body.path)) as Body;
}
