import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { figureFormats, tableFormats } from '@shared/export-formats';
import type { MediaKind } from '@shared/rpc';
import type { LocatedImage } from './db/datasets';
import { findImage } from './db/datasets';
import { findExport } from './db/exports';
import { getArtifact } from './db/results';
import type { JobBoard } from './jobs/board';
import { fromStoredPath, realPathInside } from './workspace/layout';

/** A picture or exported file, ready to be sent: a file on disk or bytes made on the fly. */
export type Media =
  | { readonly path: string; readonly contentType: string }
  | { readonly buffer: Uint8Array; readonly contentType: string };

/** Longer side of a thumbnail, in pixels: sharp on a dense display in a gallery of 160 px cells. */
const thumbnailSize = 320;

/** What browsers show as it is; everything else is sent as PNG. */
const shownTypes: Readonly<Record<string, string>> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
  '.bmp': 'image/bmp',
};

const exportTypes: Readonly<Record<string, { readonly contentType: string }>> = {
  ...figureFormats,
  ...tableFormats,
  recipe: { contentType: 'application/json; charset=utf-8' },
};

/**
 * Finds media by id in one workspace. Ids come from outside; paths never do. The decoders are loaded
 * with the first picture, because they would add a fifth of a second to every start.
 */
export class MediaStore {
  readonly #making = new Map<string, Promise<Uint8Array>>();

  constructor(private readonly board: Pick<JobBoard, 'db' | 'layout'>) {}

  /**
   * @returns null where there is none with this id, or its file is gone
   * @throws LabError where a picture cannot be decoded
   */
  async find(kind: MediaKind, id: string): Promise<Media | null> {
    switch (kind) {
      case 'image':
        return this.#image(id);
      case 'thumbnail':
        return this.#thumbnail(id);
      case 'adversarial':
        return this.#adversarial(id);
      case 'export':
        return this.#export(id);
      case 'bench':
        return null; // Held by the bench itself, and in no workspace.
    }
  }

  async #image(id: string): Promise<Media | null> {
    const found = this.#locate(id);
    if (!found) return null;
    const contentType = shownTypes[extname(found.path).toLowerCase()];
    if (contentType) return { path: found.path, contentType };
    const [{ decodeImage }, { encodePng }] = await Promise.all([
      import('@imaging/decode'),
      import('@imaging/encode'),
    ]);
    return { buffer: await encodePng(await decodeImage(found.path)), contentType: 'image/png' };
  }

  async #thumbnail(id: string): Promise<Media | null> {
    const found = this.#locate(id);
    if (!found) return null;
    const contentType = 'image/webp';
    const name = `${found.image.sha256}-${thumbnailSize}.webp`;
    const cached = join(this.board.layout.thumbnails, name);
    if (existsSync(cached)) return { path: cached, contentType };
    // A gallery asks for the same picture twice when it scrolls; it is decoded once.
    let making = this.#making.get(cached);
    if (!making) {
      making = makeThumbnail(found.path, cached).finally(() => this.#making.delete(cached));
      this.#making.set(cached, making);
    }
    return { buffer: await making, contentType };
  }

  #adversarial(id: string): Media | null {
    const match = /^(\d{1,15})-(\d{1,15})$/.exec(id);
    if (!match) return null;
    const [jobId, imageId] = [Number(match[1]), Number(match[2])];
    const { db, layout } = this.board;
    const stored = getArtifact(db, jobId, imageId);
    if (stored === null) return null;
    const path = realPathInside(layout.attack(jobId), fromStoredPath(layout, stored));
    return path === null ? null : { path, contentType: 'image/png' };
  }

  #export(id: string): Media | null {
    const { db, layout } = this.board;
    const file = /^\d{1,15}$/.test(id) ? findExport(db, Number(id)) : null;
    if (!file) return null;
    const path = realPathInside(layout.exports, join(layout.exports, file.fileName));
    const contentType = exportTypes[file.format]?.contentType ?? 'application/octet-stream';
    return path === null ? null : { path, contentType };
  }

  #locate(id: string): { image: LocatedImage; path: string } | null {
    const image = /^\d{1,15}$/.test(id) ? findImage(this.board.db, Number(id)) : null;
    if (!image) return null;
    const root = fromStoredPath(this.board.layout, image.root);
    const path = realPathInside(root, resolve(root, image.relPath));
    return path === null ? null : { image, path };
  }
}

async function makeThumbnail(path: string, cached: string): Promise<Uint8Array> {
  const { thumbnail } = await import('@imaging/encode');
  const bytes = await thumbnail(path, thumbnailSize);
  mkdirSync(join(cached, '..'), { recursive: true });
  const temporary = `${cached}.${process.pid}`;
  writeFileSync(temporary, bytes);
  renameSync(temporary, cached);
  return bytes;
}
