import { inflateSync } from 'node:zlib';
import { LabError } from '@shared/errors';

/**
 * A strict, bounded reader of MATLAB 5 files (MATLAB's versions 5 to 7.2): numbers, texts and cells, plain or
 * compressed, either byte order. Structures, objects, sparse and complex arrays are refused by name, as is version 7.3,
 * which is HDF5. Layout: MathWorks, "MAT-File Format", version 5.
 */
export type MatValue = MatNumbers | MatText | MatCells;

export interface MatNumbers {
  readonly kind: 'numbers';
  readonly dims: readonly number[];
  /** Column-major, as MATLAB stores them. */
  readonly values: readonly number[];
}
export interface MatText {
  readonly kind: 'text';
  readonly text: string;
}
export interface MatCells {
  readonly kind: 'cells';
  readonly dims: readonly number[];
  readonly cells: readonly MatValue[];
}

const HEADER_BYTES = 128;
const MAX_INFLATED_BYTES = 256 * 1024 * 1024;
const MAX_ITEMS = 5_000_000;
const MAX_DEPTH = 4;

/** Data types of elements (miINT8 ...), by their numbers in the file. */
const MI_COMPRESSED = 15;
const MI_MATRIX = 14;
const readers: Readonly<
  Record<number, readonly [bytes: number, read: (v: DataView, at: number, le: boolean) => number]>
> = {
  1: [1, (v, at) => v.getInt8(at)],
  2: [1, (v, at) => v.getUint8(at)],
  3: [2, (v, at, le) => v.getInt16(at, le)],
  4: [2, (v, at, le) => v.getUint16(at, le)],
  5: [4, (v, at, le) => v.getInt32(at, le)],
  6: [4, (v, at, le) => v.getUint32(at, le)],
  7: [4, (v, at, le) => v.getFloat32(at, le)],
  9: [8, (v, at, le) => v.getFloat64(at, le)],
  12: [8, (v, at, le) => Number(v.getBigInt64(at, le))],
  13: [8, (v, at, le) => Number(v.getBigUint64(at, le))],
  16: [1, (v, at) => v.getUint8(at)],
  17: [2, (v, at, le) => v.getUint16(at, le)],
  18: [4, (v, at, le) => v.getUint32(at, le)],
};
const MI_UTF8 = 16;

/** Classes of arrays (mxCELL_CLASS ...), by their numbers in the file. */
const CLASS_CELL = 1;
const CLASS_CHAR = 4;
const refusedClasses: Readonly<Record<number, string>> = {
  2: 'a structure',
  3: 'an object',
  5: 'a sparse array',
  16: 'a function handle',
  17: 'an opaque object',
};

interface Element {
  readonly type: number;
  readonly bytes: Uint8Array;
  /** Where the next element starts. */
  readonly next: number;
}

/**
 * Reads every variable of a MATLAB file.
 *
 * @param bytes the whole file
 * @param source its name, for messages
 * @throws LabError `unreadable-file` (damaged, cut off) or `unsupported` (7.3, structures ...)
 */
export function readMat5(bytes: Uint8Array, source: string): Map<string, MatValue> {
  const text = Buffer.from(bytes.subarray(0, 19)).toString('latin1');
  if (text.startsWith('MATLAB 7.3')) throw unsupported(source, 'is in MATLAB format 7.3 (HDF5)');
  const mark = Buffer.from(bytes.subarray(126, 128)).toString('latin1');
  if (!text.startsWith('MATLAB 5.0') || (mark !== 'IM' && mark !== 'MI')) {
    throw unsupported(source, 'is not in MATLAB format 5');
  }
  const reader = new MatReader(source, mark === 'IM');
  const variables = new Map<string, MatValue>();
  for (let at = HEADER_BYTES; at < bytes.length;) {
    const element = reader.element(bytes, at);
    at = element.next;
    const { name, value } = reader.variable(element);
    variables.set(name, value);
  }
  return variables;
}

class MatReader {
  readonly #source: string;
  readonly #littleEndian: boolean;
  #items = 0;

  constructor(source: string, littleEndian: boolean) {
    this.#source = source;
    this.#littleEndian = littleEndian;
  }

  element(bytes: Uint8Array, at: number): Element {
    const view = viewOf(bytes);
    if (at + 8 > bytes.length) throw this.#cutOff();
    const word = view.getUint32(at, this.#littleEndian);
    const smallBytes = word >>> 16;
    // Up to four bytes are stored inside the tag itself.
    if (smallBytes > 0) {
      if (smallBytes > 4) throw this.#damaged('a small element is too long');
      const data = bytes.subarray(at + 4, at + 4 + smallBytes);
      return { type: word & 0xffff, bytes: data, next: at + 8 };
    }
    const size = view.getUint32(at + 4, this.#littleEndian);
    const end = at + 8 + size;
    if (end > bytes.length) throw this.#cutOff();
    // Everything but compressed data is padded to eight bytes.
    const next = word === MI_COMPRESSED ? end : Math.ceil(end / 8) * 8;
    return { type: word, bytes: bytes.subarray(at + 8, end), next };
  }

  variable(element: Element): { name: string; value: MatValue } {
    if (element.type === MI_COMPRESSED) {
      let inflated: Buffer;
      try {
        inflated = inflateSync(element.bytes, { maxOutputLength: MAX_INFLATED_BYTES });
      } catch (error) {
        throw this.#damaged('its compressed data cannot be unpacked', error);
      }
      return this.variable({ ...this.element(inflated, 0), next: 0 });
    }
    if (element.type !== MI_MATRIX) {
      throw this.#damaged(`a variable has the element type ${element.type}`);
    }
    return this.#matrix(element.bytes, 0);
  }

  #matrix(bytes: Uint8Array, depth: number): { name: string; value: MatValue } {
    if (depth > MAX_DEPTH) throw this.#damaged(`cells are nested more than ${MAX_DEPTH} deep`);
    // An empty cell may be stored as a matrix of no bytes.
    if (bytes.length === 0)
      return { name: '', value: { kind: 'numbers', dims: [0, 0], values: [] } };
    const flags = this.element(bytes, 0);
    const [flagWord = 0] = this.#numbers({ ...flags, type: 6 });
    const dimsElement = this.element(bytes, flags.next);
    const dims = this.#numbers(dimsElement);
    const nameElement = this.element(bytes, dimsElement.next);
    const name = Buffer.from(nameElement.bytes).toString('latin1');
    const count = dims.reduce((product, size) => product * size, 1);
    this.#items += count;
    if (dims.some((size) => size < 0) || this.#items > MAX_ITEMS) {
      throw this.#damaged(`"${name}" claims ${dims.join(' x ')} items`);
    }
    const arrayClass = flagWord & 0xff;
    const refused = refusedClasses[arrayClass];
    if (refused) throw unsupported(this.#source, `holds ${refused} ("${name}")`);
    if ((flagWord & 0x0800) !== 0)
      throw unsupported(this.#source, `holds complex numbers ("${name}")`);
    if (arrayClass === CLASS_CELL) {
      const cells: MatValue[] = [];
      for (let i = 0, at = nameElement.next; i < count; i++) {
        const cell = this.element(bytes, at);
        if (cell.type !== MI_MATRIX) throw this.#damaged(`cell ${i} of "${name}" is no array`);
        cells.push(this.#matrix(cell.bytes, depth + 1).value);
        at = cell.next;
      }
      return { name, value: { kind: 'cells', dims, cells } };
    }
    const data = count === 0 ? null : this.element(bytes, nameElement.next);
    if (arrayClass === CLASS_CHAR) {
      return { name, value: { kind: 'text', text: data ? this.#text(data) : '' } };
    }
    const values = data ? this.#numbers(data) : [];
    if (values.length !== count) {
      throw this.#damaged(`"${name}" holds ${values.length} numbers instead of ${count}`);
    }
    return { name, value: { kind: 'numbers', dims, values } };
  }

  #numbers({ type, bytes }: Element): number[] {
    const reader = readers[type];
    if (!reader) throw this.#damaged(`numbers have the element type ${type}`);
    const [size, read] = reader;
    const length = Math.floor(bytes.length / size);
    if (length > MAX_ITEMS) throw this.#damaged(`it claims ${length} numbers in a row`);
    const view = viewOf(bytes);
    return Array.from({ length }, (_, i) => read(view, i * size, this.#littleEndian));
  }

  #text(element: Element): string {
    if (element.type === MI_UTF8) return Buffer.from(element.bytes).toString('utf8');
    return this.#numbers(element)
      .map((unit) => String.fromCharCode(unit))
      .join('');
  }

  #cutOff(): LabError {
    return this.#damaged('it ends in the middle of a variable');
  }

  #damaged(reason: string, cause?: unknown): LabError {
    return new LabError(
      {
        kind: 'unreadable-file',
        message: `The MATLAB file "${this.#source}" is damaged: ${reason}.`,
        safe: 'Nothing was imported.',
        next: 'Copy the file again from its source.',
      },
      { cause },
    );
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function unsupported(source: string, what: string): LabError {
  return new LabError({
    kind: 'unsupported',
    message: `The file "${source}" ${what}, which is not read.`,
    safe: 'Nothing was imported.',
    next: "Save plain numbers and texts with MATLAB's save(..., '-v7'), or export the ratings as CSV.",
  });
}
