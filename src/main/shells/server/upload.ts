import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { WeightOutcome } from '@shared/domain/weights';
import { LabError, toErrorData } from '@shared/errors';
import { storageError } from '../../db/errors';
import type { Lab } from '../../lab';
import { freeBytes, reserveBytes, sizeText } from '../../workspace/disk-space';
import { layoutOf } from '../../workspace/layout';
import { mediaHeaders } from '../content/policy';

/**
 * Takes the content of a weight file from the page: a browser does not say where a dropped file
 * lies. It is written beside the weights of the workspace, added from there like any other, and
 * removed again. The caller has checked that the request comes from our own page.
 */
export async function receiveWeights(
  lab: Pick<Lab, 'call'>,
  name: string | null,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let body: unknown;
  try {
    body = { result: await addContent(lab, name, request) };
  } catch (thrown) {
    body = { error: toErrorData(storageError(thrown, 'the workspace')) };
  }
  response.writeHead(200, {
    ...mediaHeaders(),
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    connection: 'close',
  });
  // The rest of a refused file need not be sent.
  response.end(JSON.stringify(body), () => request.destroy());
}

async function addContent(
  lab: Pick<Lab, 'call'>,
  name: string | null,
  request: IncomingMessage,
): Promise<WeightOutcome[]> {
  const root = await workspaceOf(lab);
  await refuseWithoutRoom(root, Number(request.headers['content-length'] ?? Number.NaN));
  const folder = join(layoutOf(root).weights, `.upload-${randomUUID()}`);
  try {
    await mkdir(folder, { recursive: true });
    const path = join(folder, safeName(name));
    await pipeline(request, createWriteStream(path, { flags: 'wx' }));
    const outcomes = await lab.call('weights.add', { path });
    return outcomes.map((outcome) => ({ ...outcome, path: basename(path) }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function workspaceOf(lab: Pick<Lab, 'call'>): Promise<string> {
  const workspace = await lab.call('workspace.current', {});
  if (workspace) return workspace.path;
  throw new LabError({
    kind: 'conflict',
    message: 'no workspace is open',
    safe: 'Nothing was added.',
    next: 'Open a workspace, then drop the file again.',
  });
}

async function refuseWithoutRoom(root: string, sizeBytes: number): Promise<void> {
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes <= 0) {
    throw new LabError({
      kind: 'bad-input',
      message: 'the file is empty, or its size was not said',
      safe: 'Nothing was added.',
      next: 'Drop one file that is not empty; a folder can be named by its path.',
    });
  }
  // Once as it arrives, once as the copy that stays.
  const needed = 2 * sizeBytes + reserveBytes;
  const available = await freeBytes(root);
  if (available >= needed) return;
  throw new LabError({
    kind: 'disk-full',
    message: `only ${sizeText(available)} are free on the disk of ${root}, ${sizeText(needed)} are needed`,
    safe: 'Nothing was added.',
    next: 'Free some space, or name the path of the file, which needs half as much.',
  });
}

/** The name helps to tell a file; everything that could lead elsewhere is taken out of it. */
function safeName(given: string | null): string {
  const name = basename((given ?? '').replaceAll('\\', '/')).replace(
    /[^\p{L}\p{N}._()[\]+ -]/gu,
    '_',
  );
  return /^\.*$/.test(name) ? 'weights' : name.slice(0, 200);
}
