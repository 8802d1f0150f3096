import { readFile } from 'node:fs/promises';
import { mediaKinds, type MediaKind } from '@shared/rpc';
import type { DrawnNode } from './draw';
import type { Media } from '../media';

/** Finds a picture by kind and id; null where there is none. */
export type PictureSource = (kind: MediaKind, id: string) => Promise<Media | null>;

/** What an SVG file may hold without loss and what the rasteriser reads. */
const embeddable = ['image/png', 'image/jpeg'];

/**
 * The pictures of a drawing as data addresses, by the address the drawing has for them. Files that
 * every reader of SVG knows are taken as they are, others become PNG; nothing is scaled.
 */
export async function embedded(
  drawing: DrawnNode,
  source: PictureSource | undefined,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const address of addresses(drawing)) {
    const media = await locate(address, source);
    if (media) found.set(address, await dataAddress(media, address));
  }
  return found;
}

function addresses(node: DrawnNode): Set<string> {
  const own = node.tag === 'image' ? [String(node.attrs['href'])] : [];
  return new Set([...own, ...(node.children ?? []).flatMap((child) => [...addresses(child)])]);
}

/** The drawing has the addresses that pages use: `media/<kind>/<id>`. */
async function locate(address: string, source: PictureSource | undefined): Promise<Media | null> {
  const [, kindText, id] = /^media\/([a-z]+)\/([^/]+)$/.exec(address) ?? [];
  const kind = mediaKinds.find((each) => each === kindText);
  if (!source || !kind || id === undefined) return null;
  return source(kind, decodeURIComponent(id));
}

async function dataAddress(media: Media, address: string): Promise<string> {
  const { contentType } = media;
  if (embeddable.includes(contentType)) {
    const bytes = 'path' in media ? await readFile(media.path) : Buffer.from(media.buffer);
    return `data:${contentType};base64,${bytes.toString('base64')}`;
  }
  const [{ decodeImageBytes }, { encodePng }] = await Promise.all([
    import('@imaging/decode'),
    import('@imaging/encode'),
  ]);
  const bytes = 'path' in media ? await readFile(media.path) : media.buffer;
  const png = await encodePng(
    await decodeImageBytes(bytes, 'path' in media ? media.path : address),
  );
  return `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
}
