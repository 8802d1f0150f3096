import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { mediaKinds, type MediaKind } from '@shared/rpc';
import type { Lab } from '../../lab';
import { mediaHeaders, pageHeaders } from './policy';
import { findStaticFile } from './static-files';

/** Answer to a request for a page, file or picture, the same under `app://` and loopback HTTP. */
export interface Answer {
  readonly status: 200 | 304 | 404;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly path: string } | { readonly bytes: Uint8Array } | null;
}

export interface ContentSource {
  readonly lab: Pick<Lab, 'media'>;
  /** Folder of the built page. */
  readonly rendererDir: string;
  /** The `connect-src` of the page's policy. */
  readonly connect: string;
}

/**
 * Answers a request by the path part of its address: `/media/<kind>/<id>` from the lab, anything
 * else from the built page. Paths on disk are never accepted, so none can be asked for.
 * @param ifNoneMatch tag of the copy the caller already has
 */
export async function answer(
  source: ContentSource,
  pathname: string,
  ifNoneMatch: string | null = null,
): Promise<Answer> {
  const media = parseMediaPath(pathname);
  if (media) return answerMedia(source, media, ifNoneMatch);
  const file = await findStaticFile(source.rendererDir, pathname);
  if (!file) return notFound();
  // Built assets carry a hash in their name; the page itself must never be an old copy.
  const cache = pathname.startsWith('/assets/') ? 'private, max-age=31536000' : 'no-store';
  return {
    status: 200,
    headers: {
      ...pageHeaders(source.connect),
      'content-type': file.contentType,
      'cache-control': cache,
    },
    body: { path: file.path },
  };
}

function parseMediaPath(pathname: string): { kind: MediaKind; id: string } | null {
  const match = /^\/media\/([a-z]+)\/([^/]{1,200})$/.exec(pathname);
  const kind = mediaKinds.find((known) => known === match?.[1]);
  if (!kind || match?.[2] === undefined) return null;
  try {
    return { kind, id: decodeURIComponent(match[2]) };
  } catch {
    return null; // Malformed percent-encoding names no medium.
  }
}

async function answerMedia(
  source: ContentSource,
  { kind, id }: { kind: MediaKind; id: string },
  ifNoneMatch: string | null,
): Promise<Answer> {
  const media = await source.lab.media(kind, id);
  if (!media) return notFound();
  const etag = 'path' in media ? await fileTag(media.path) : bytesTag(media.buffer);
  if (etag === null) return notFound();
  const headers = {
    ...mediaHeaders(),
    'content-type': media.contentType,
    // Ids start again in every workspace, so a kept copy is always asked about first.
    'cache-control': 'private, no-cache',
    etag,
  };
  if (ifNoneMatch === etag) return { status: 304, headers, body: null };
  const body = 'path' in media ? { path: media.path } : { bytes: media.buffer };
  return { status: 200, headers, body };
}

/** Tag from identity, size and time of change; null when the file has gone. */
async function fileTag(path: string): Promise<string | null> {
  try {
    const { ino, size, mtimeMs } = await stat(path);
    return `"${ino.toString(36)}-${size.toString(36)}-${Math.round(mtimeMs).toString(36)}"`;
  } catch {
    return null;
  }
}

function bytesTag(bytes: Uint8Array): string {
  return `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
}

function notFound(): Answer {
  return {
    status: 404,
    headers: { ...mediaHeaders(), 'content-type': 'text/plain; charset=utf-8' },
    body: { bytes: Buffer.from('There is nothing at this address.\n') },
  };
}
