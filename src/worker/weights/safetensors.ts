import { LabError } from '@shared/errors';
import { dtypeBytes, isDType, type DType } from './dtype';

/**
 * The safetensors container: an 8-byte little-endian header length, a JSON header, then raw little-endian values.
 * Header: name -> { dtype, shape, data_offsets: [begin, end) } counted from the end of the header, and optionally
 * `__metadata__`, a map from text to text. Files come from anywhere, so everything is checked before it is used: sizes
 * before allocation, offsets against each other and against the file.
 */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export interface TensorFile {
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly metadata: ReadonlyMap<string, string>;
}

/** The format's own bound on the header. */
const MAX_HEADER_BYTES = 100_000_000;
const MAX_RANK = 16;
const METADATA = '__metadata__';

/** Bytes of a file that holds the tensors in their order of the map, aligned to 8 bytes. */
export function writeSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: ReadonlyMap<string, string> = new Map(),
): Uint8Array {
  const header: Record<string, unknown> = {};
  if (metadata.size > 0) header[METADATA] = Object.fromEntries(metadata);
  let end = 0;
  for (const [name, { shape, data }] of tensors) {
    if (name === METADATA) throw new Error(`writeSafetensors: "${name}" is a reserved name`);
    const count = shape.reduce((product, size) => product * size, 1);
    if (count !== data.length) {
      throw new Error(
        `writeSafetensors: "${name}" of shape [${shape.join(', ')}] holds ${data.length} values`,
      );
    }
    header[name] = { dtype: 'F32', shape, data_offsets: [end, end + data.byteLength] };
    end += data.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const headerLength = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerLength + end);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(headerLength), true);
  // The format pads with spaces, which JSON ignores.
  bytes.fill(0x20, 8 + json.length, 8 + headerLength);
  bytes.set(json, 8);
  let at = 8 + headerLength;
  for (const { data } of tensors.values()) {
    for (const value of bitsOf(data)) {
      view.setUint32(at, value, true);
      at += 4;
    }
  }
  return bytes;
}

/**
 * Reads a file of float32 tensors; every bit is kept, those of NaNs included.
 * @throws LabError `unreadable-file` saying what is wrong, or `unsupported` for another number format
 */
export function readSafetensors(bytes: Uint8Array): TensorFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = headerEnd(bytes, bytes.byteLength);
  const { entries, metadata } = readHeader(bytes.subarray(8, start), bytes.byteLength - start, [
    'F32',
  ]);
  const tensors = new Map<string, Tensor>();
  for (const { name, shape, begin, count } of entries) {
    const data = new Float32Array(count);
    const bits = bitsOf(data);
    for (let i = 0; i < count; i++) bits[i] = view.getUint32(start + begin + 4 * i, true);
    tensors.set(name, { shape, data });
  }
  return { tensors, metadata };
}

/**
 * Where a file's header ends and its values begin.
 * @param bytes at least the first eight bytes of the file, if it has so many
 * @throws LabError `unreadable-file` where the header would not fit
 */
export function headerEnd(bytes: Uint8Array, fileSize: number): number {
  if (bytes.byteLength < 8) throw damaged('it is shorter than its own header');
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > MAX_HEADER_BYTES || Number(length) > fileSize - 8) {
    throw damaged(`its header claims ${length} bytes`);
  }
  return 8 + Number(length);
}

/**
 * What the header announces, checked against the size of the values that follow it.
 * @param json the header without its length
 * @throws LabError as `readSafetensors`
 */
export function readHeader(
  json: Uint8Array,
  dataBytes: number,
  dtypes: readonly DType[],
): { entries: readonly TensorEntry[]; metadata: ReadonlyMap<string, string> } {
  const metadata = new Map<string, string>();
  const entries: TensorEntry[] = [];
  for (const [name, value] of Object.entries(parseHeader(json))) {
    if (name === METADATA) readMetadata(value, metadata);
    else entries.push(readEntry(name, value, dtypes));
  }
  checkLayout(entries, dataBytes);
  return { entries, metadata };
}

/** A tensor as the header describes it; `begin` and `end` count bytes from the end of the header. */
export interface TensorEntry {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
  readonly count: number;
}

/** The same memory as unsigned integers: copying floats as floats may change the bits of a NaN. */
function bitsOf(data: Float32Array): Uint32Array {
  return new Uint32Array(data.buffer, data.byteOffset, data.length);
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw damaged('its header is not valid JSON', error);
  }
  if (!isRecord(header)) throw damaged('its header is not a JSON object');
  return header;
}

function readMetadata(value: unknown, into: Map<string, string>): void {
  if (!isRecord(value)) throw damaged('its metadata is not a map of texts');
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string') throw damaged(`its metadata "${key}" is not a text`);
    into.set(key, text);
  }
}

function readEntry(name: string, value: unknown, dtypes: readonly DType[]): TensorEntry {
  if (!isRecord(value)) throw damaged(`tensor "${name}" has no description`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isDType(dtype) || !dtypes.includes(dtype)) {
    throw new LabError({
      kind: 'unsupported',
      message: `tensor "${name}" has number format ${JSON.stringify(dtype)}; only ${dtypes.join(', ')} is read`,
      safe: 'Nothing was loaded.',
      next: 'Save the weights as 32-bit floats.',
    });
  }
  if (!isCounts(shape) || shape.length > MAX_RANK)
    throw damaged(`tensor "${name}" has a bad shape`);
  if (!isCounts(offsets) || offsets.length !== 2) throw damaged(`tensor "${name}" has bad offsets`);
  const [begin = 0, end = 0] = offsets;
  const count = shape.reduce((product, size) => product * size, 1);
  // An overflowing product is no longer a safe integer and cannot equal the length either.
  if (!Number.isSafeInteger(count) || end - begin !== dtypeBytes(dtype) * count) {
    throw damaged(`tensor "${name}" of shape [${shape.join(', ')}] has ${end - begin} bytes`);
  }
  return { name, dtype, shape, begin, end, count };
}

/** Tensors must fill the data without gaps or overlaps, so that no byte is read twice or left unexplained. */
function checkLayout(entries: readonly TensorEntry[], dataBytes: number): void {
  let expected = 0;
  for (const { name, begin, end } of [...entries].sort(
    (a, b) => a.begin - b.begin || a.end - b.end,
  )) {
    if (begin !== expected)
      throw damaged(`tensor "${name}" does not start where the one before ends`);
    expected = end;
  }
  if (expected !== dataBytes) {
    throw damaged(`its tensors take ${expected} bytes, the file holds ${dataBytes}`);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}

function damaged(reason: string, cause?: unknown): LabError {
  return new LabError(
    {
      kind: 'unreadable-file',
      message: `the weights file is damaged or of another kind: ${reason}`,
      safe: 'Nothing was loaded and the file was not changed.',
      next: 'Use another copy of the file, or the checkpoint before it.',
    },
    { cause },
  );
}
