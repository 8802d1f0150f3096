import type { LabError } from '../errors';

/** A text longer than this is no name of a weight, a setting or an image. */
const MAX_TEXT_BYTES = 1_048_576;
const MAX_LINE_BYTES = 4096;

/** Reads the arguments of pickle opcodes off a byte array; every step is checked against its end. */
export class Cursor {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #refuse: (reason: string) => LabError;
  readonly #cutOff: () => Error;
  at: number;

  /** @param cutOff the error for a read past the end: a reader that sees part of a file may fetch more on it */
  constructor(
    bytes: Uint8Array,
    start: number,
    refuse: (reason: string) => LabError,
    cutOff: () => Error,
  ) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#refuse = refuse;
    this.#cutOff = cutOff;
    this.at = start;
  }

  skip(count: number): number {
    const start = this.at;
    if (count > this.#bytes.length - start) throw this.#cutOff();
    this.at += count;
    return start;
  }

  uint8(): number {
    return this.#view.getUint8(this.skip(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.skip(2), true);
  }

  int32(): number {
    return this.#view.getInt32(this.skip(4), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.skip(4), true);
  }

  /** An 8-byte length; one that no array index can hold is past any end. */
  length64(): number {
    const length = this.#view.getBigUint64(this.skip(8), true);
    return length > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(length);
  }

  /** Python writes floats in network order. */
  float64(): number {
    return this.#view.getFloat64(this.skip(8), false);
  }

  /** The bytes themselves, not a copy: nothing is allocated for them. */
  bytes(count: number): Uint8Array {
    const start = this.skip(count);
    return this.#bytes.subarray(start, start + count);
  }

  /** A text of so many bytes; in Latin-1 every byte is one character. */
  text(count: number, encoding: 'utf-8' | 'latin1'): string {
    if (count > MAX_TEXT_BYTES) throw this.#refuse(`holds a text of ${count} bytes`);
    const bytes = this.bytes(count);
    if (encoding === 'latin1' || bytes.every((byte) => byte < 0x80)) {
      return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
    }
    try {
      // TextDecoder belongs to Node and browsers; this folder is plain ECMAScript, whose own strict decoder is this one.
      return decodeURIComponent(Array.from(bytes, percent).join(''));
    } catch (error) {
      if (!(error instanceof URIError)) throw error;
      throw this.#refuse('holds a text that is not UTF-8');
    }
  }

  /** An argument that ends with the line, without the line's end. */
  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.at);
    if (end < 0) throw this.#cutOff();
    const length = end - this.at;
    if (length > MAX_LINE_BYTES) throw this.#refuse(`holds a line of ${length} bytes`);
    const text = String.fromCharCode(...this.bytes(length));
    this.at = end + 1;
    return text;
  }

  /** A line with a quoted text; Python escapes what is not plain, and no name in a weights file needs that. */
  quotedLine(): string {
    const line = this.line();
    const text = /^(?:'([^\\]*)'|"([^\\]*)")$/.exec(line);
    if (!text) throw this.#refuse('holds a text that is not written plainly');
    return text[1] ?? text[2] ?? '';
  }

  /** A line of text in which Python writes what Latin-1 lacks, and the backslash, as \\uXXXX. */
  escapedLine(): string {
    return this.line().replace(
      /\\u([0-9a-fA-F]{4})|\\U000([01][0-9a-fA-F]{4})/g,
      (whole: string, short?: string, long?: string) => {
        const code = parseInt(short ?? long ?? '', 16);
        return code > 0x10ffff ? whole : String.fromCodePoint(code);
      },
    );
  }

  /** A whole number in decimals, with Python 2's "L" for long ones. */
  decimal(): number | bigint {
    const text = this.line();
    if (!/^[+-]?\d{1,40}L?$/.test(text)) {
      throw this.#refuse(`holds the number "${text.slice(0, 40)}"`);
    }
    return narrow(BigInt(text.replace(/^\+|L$/g, '')));
  }

  fraction(): number {
    const text = this.line();
    if (!/^[+-]?(\d+\.?\d*([eE][+-]?\d+)?|inf|nan)$/.test(text)) {
      throw this.#refuse(`holds the number "${text.slice(0, 40)}"`);
    }
    if (text.endsWith('nan')) return NaN;
    if (text.endsWith('inf')) return text.startsWith('-') ? -Infinity : Infinity;
    return Number(text);
  }

  /** A little-endian two's-complement number of so many bytes. */
  long(size: number): number | bigint {
    // The longest number a weights file needs, torch's magic number, takes 10 bytes.
    if (size > 64) throw this.#refuse(`holds a number of ${size} bytes`);
    let value = 0n;
    for (const byte of this.bytes(size).toReversed()) value = (value << 8n) | BigInt(byte);
    return narrow(BigInt.asIntN(8 * size, value));
  }
}

function narrow(value: bigint): number | bigint {
  return BigInt.asIntN(53, value) === value ? Number(value) : value;
}

function percent(byte: number): string {
  return `%${byte.toString(16).padStart(2, '0')}`;
}
