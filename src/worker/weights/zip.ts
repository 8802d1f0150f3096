import { crc32, inflateRaw } from 'node:zlib';
import { promisify } from 'node:util';
import type { ByteSource } from './byte-source';
import type { Refusals } from './refusal';

/**
 * ZIP archives (PKWARE APPNOTE 6.3), ZIP64 included, read by range: torch files and Python wheels are ZIPs of up to many
 * gigabytes, of which fflate (the lab's ZIP library) would need all in memory. Names are looked up, never used as paths,
 * and those that no honest archive has are refused.
 */
export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly encrypted: boolean;
  readonly packed: number;
  readonly unpacked: number;
  readonly crc32: number;
  /** Of the local header. */
  readonly offset: number;
}

export interface ZipArchive {
  readonly entries: ReadonlyMap<string, ZipEntry>;
  /** An entry's whole contents, checked against its length and checksum. */
  read(entry: ZipEntry): Promise<Uint8Array>;
}

const END = 0x06054b50;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;
const MAX_DIRECTORY_BYTES = 67_108_864;
/** Real weights pack to half their size at best; one file that unpacks to a hundred times its own is a bomb. */
const MAX_RATIO = 100;
const SMALL_BYTES = 1_048_576;

/** @throws LabError saying what is cut off, damaged or dangerous */
export async function openZip(source: ByteSource): Promise<ZipArchive> {
  const { refuse } = source;
  const { offset, size, count } = await findDirectory(source);
  if (size > MAX_DIRECTORY_BYTES || offset + size > source.size || count * CENTRAL_BYTES > size) {
    throw refuse.damaged('is damaged: its table of contents does not fit into it');
  }
  const entries = readDirectory(await source.read(offset, size), count, refuse);
  checkOverlaps(entries, offset, refuse);
  return {
    entries: new Map(entries.map((entry) => [entry.name, entry])),
    read: (entry) => readEntry(source, entry),
  };
}

interface Directory {
  readonly offset: number;
  readonly size: number;
  readonly count: number;
}

async function findDirectory(source: ByteSource): Promise<Directory> {
  const tail = Math.min(source.size, END_BYTES + 0xffff);
  const bytes = await source.read(source.size - tail, tail);
  const view = viewOf(bytes);
  let at = tail - END_BYTES;
  const isEnd = (): boolean =>
    view.getUint32(at, true) === END && view.getUint16(at + 20, true) === tail - at - END_BYTES;
  while (at >= 0 && !isEnd()) at--;
  if (at < 0) throw source.refuse.damaged('is cut off: the end of the archive is missing');
  const directory = {
    count: view.getUint16(at + 10, true),
    size: view.getUint32(at + 12, true),
    offset: view.getUint32(at + 16, true),
  };
  const beyond =
    directory.count === 0xffff || directory.size === 0xffffffff || directory.offset === 0xffffffff;
  return beyond ? findDirectory64(source, source.size - tail + at - 20) : directory;
}

async function findDirectory64(source: ByteSource, locatorAt: number): Promise<Directory> {
  const damaged = source.refuse.damaged('is damaged: its ZIP64 records are missing');
  if (locatorAt < 0) throw damaged;
  const locator = viewOf(await source.read(locatorAt, 20));
  const at = locator.getBigUint64(8, true);
  if (locator.getUint32(0, true) !== LOCATOR64 || at > BigInt(locatorAt - 56)) throw damaged;
  const end = viewOf(await source.read(Number(at), 56));
  if (end.getUint32(0, true) !== END64) throw damaged;
  return {
    count: wide(end, 32),
    size: wide(end, 40),
    offset: wide(end, 48),
  };
}

function readDirectory(bytes: Uint8Array, count: number, refuse: Refusals): ZipEntry[] {
  const view = viewOf(bytes);
  const entries: ZipEntry[] = [];
  const names = new Set<string>();
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + CENTRAL_BYTES > bytes.length || view.getUint32(at, true) !== CENTRAL) {
      throw refuse.damaged('is damaged: its table of contents breaks off');
    }
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const commentLength = view.getUint16(at + 32, true);
    const extraAt = at + CENTRAL_BYTES + nameLength;
    const end = extraAt + extraLength + commentLength;
    if (end > bytes.length) throw refuse.damaged('is damaged: its table of contents breaks off');
    const name = entryName(bytes.subarray(at + CENTRAL_BYTES, extraAt), refuse);
    if (names.has(name)) throw refuse.damaged(`holds two files called "${name}"`);
    names.add(name);
    const wideFields = extra64(view, extraAt, extraAt + extraLength);
    const field = (offset: number): number => {
      const value = view.getUint32(at + offset, true);
      return value === 0xffffffff ? (wideFields.shift() ?? value) : value;
    };
    const unpacked = field(24);
    const packed = field(20);
    entries.push({
      name,
      method: view.getUint16(at + 10, true),
      encrypted: (view.getUint16(at + 8, true) & 1) !== 0,
      packed,
      unpacked,
      crc32: view.getUint32(at + 16, true),
      offset: field(42),
    });
    at = end;
  }
  return entries;
}

/** Fields of the ZIP64 extra record, in the order in which the plain ones overflow. */
function extra64(view: DataView, from: number, to: number): number[] {
  let at = from;
  while (at + 4 <= to) {
    const size = view.getUint16(at + 2, true);
    const end = Math.min(at + 4 + size, to);
    if (view.getUint16(at, true) === 1) {
      const fields: number[] = [];
      for (let field = at + 4; field + 8 <= end; field += 8) fields.push(wide(view, field));
      return fields;
    }
    at += 4 + size;
  }
  return [];
}

function entryName(bytes: Uint8Array, refuse: Refusals): string {
  const name = new TextDecoder().decode(bytes);
  const parts = name.replace(/\/$/, '').split('/');
  const leads = /^[a-z]:/i.test(name) || /[\\\0]/.test(name);
  if (leads || parts.some((part) => part === '' || part === '..' || part === '.')) {
    throw refuse.damaged(`holds a file whose name "${name}" leads out of the archive`);
  }
  return name;
}

/** Entries that share bytes are how a small archive claims to hold a large one. */
function checkOverlaps(entries: readonly ZipEntry[], directoryAt: number, refuse: Refusals): void {
  let free = 0;
  for (const { name, offset, packed } of [...entries].sort((a, b) => a.offset - b.offset)) {
    if (offset < free) throw refuse.damaged(`is damaged: "${name}" overlaps another file in it`);
    free = offset + LOCAL_BYTES + packed;
  }
  if (free > directoryAt) throw refuse.damaged('is damaged: a file in it is longer than it is');
}

async function readEntry(source: ByteSource, entry: ZipEntry): Promise<Uint8Array> {
  const { refuse } = source;
  const { name, packed, unpacked, method } = entry;
  if (entry.encrypted) {
    throw refuse.unsupported(`holds "${name}" under a password`, 'Unpack it first.');
  }
  if (method !== 0 && method !== 8) {
    throw refuse.unsupported(
      `holds "${name}" packed in way ${method}, which is not read here`,
      'Unpack it first.',
    );
  }
  if (method === 0 ? packed !== unpacked : unpacked > Math.max(SMALL_BYTES, MAX_RATIO * packed)) {
    throw refuse.damaged(
      `holds "${name}", which claims to unpack from ${packed} to ${unpacked} bytes`,
    );
  }
  const header = viewOf(await source.read(entry.offset, LOCAL_BYTES));
  if (header.getUint32(0, true) !== LOCAL) {
    throw refuse.damaged(`is damaged: "${name}" is not where its table of contents says`);
  }
  const skipped = header.getUint16(26, true) + header.getUint16(28, true);
  const stored = await source.read(entry.offset + LOCAL_BYTES + skipped, packed);
  const bytes = method === 0 ? stored : await inflate(stored, entry, refuse);
  if (bytes.length !== unpacked || crc32(bytes) !== entry.crc32) {
    throw refuse.damaged(`is damaged: the checksum of "${name}" in it is wrong`);
  }
  return bytes;
}

const inflateAsync = promisify(inflateRaw) as (
  bytes: Uint8Array,
  options: { maxOutputLength: number },
) => Promise<Uint8Array>;

async function inflate(
  stored: Uint8Array,
  { name, unpacked }: ZipEntry,
  refuse: Refusals,
): Promise<Uint8Array> {
  try {
    return await inflateAsync(stored, { maxOutputLength: Math.max(1, unpacked) });
  } catch (error) {
    const longer = error instanceof RangeError;
    const reason = longer ? 'unpacks to more than it says' : 'cannot be unpacked';
    throw refuse.damaged(`is damaged: "${name}" in it ${reason}`, error);
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A 64-bit field; one beyond the safe integers is beyond any file too. */
function wide(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true));
}
