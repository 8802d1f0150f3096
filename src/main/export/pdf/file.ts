import { createHash } from 'node:crypto';
import { zlibSync } from 'fflate';

/** Number of an object in the file. */
export type Ref = number;

/** A reference to an object, as it is written inside others. */
export function refTo(ref: Ref): string {
  return `${ref} 0 R`;
}

/**
 * Objects of a PDF 1.4 file, written one after another. Nothing in it depends on the clock, the
 * machine or earlier files: compression is done in JavaScript, because the native one gives other
 * bytes on other processors.
 */
export class PdfFile {
  readonly #objects: (Uint8Array | null)[] = [];

  /** A number for an object that is written later. */
  reserve(): Ref {
    return this.#objects.push(null);
  }

  set(ref: Ref, body: string): void {
    this.#objects[ref - 1] = latin1(body);
  }

  add(body: string): Ref {
    const ref = this.reserve();
    this.set(ref, body);
    return ref;
  }

  /** A stream, compressed here; `entries` are the further ones of its dictionary. */
  addStream(content: Uint8Array | string, entries = ''): Ref {
    const bytes = typeof content === 'string' ? latin1(content) : content;
    return this.addRaw(zlibSync(bytes, { level: 9 }), `/Filter /FlateDecode ${entries}`);
  }

  /** A stream whose content already has the form that `entries` state. */
  addRaw(content: Uint8Array, entries: string): Ref {
    const ref = this.reserve();
    const head = `<< /Length ${content.length} ${entries} >>\nstream\n`;
    this.#objects[ref - 1] = joined([latin1(head), content, latin1('\nendstream')]);
    return ref;
  }

  /** The whole file. Its identifier is a checksum of its content. */
  bytes(root: Ref, info: Ref): Uint8Array {
    // Bytes above 127 in the second line tell programs that the file is binary.
    const parts = [latin1('%PDF-1.4\n%\u00e2\u00e3\u00cf\u00d3\n')];
    let size = parts[0]?.length ?? 0;
    const offsets = this.#objects.map((body, i) => {
      if (!body) throw new Error(`PdfFile: object ${i + 1} was reserved and never written`);
      const whole = joined([latin1(`${i + 1} 0 obj\n`), body, latin1('\nendobj\n')]);
      parts.push(whole);
      const offset = size;
      size += whole.length;
      return offset;
    });
    const id = createHash('sha256').update(joined(parts)).digest('hex').slice(0, 32);
    const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`);
    const count = offsets.length + 1;
    const tail = [
      `xref\n0 ${count}\n0000000000 65535 f \n${table.join('')}`,
      `trailer\n<< /Size ${count} /Root ${refTo(root)} /Info ${refTo(info)} /ID [<${id}> <${id}>] >>\n`,
      `startxref\n${size}\n%%EOF\n`,
    ];
    return joined([...parts, latin1(tail.join(''))]);
  }
}

/** A number as PDF writes it: never with an exponent, four decimals of a point at most. */
export function operand(value: number): string {
  if (!Number.isFinite(value)) throw new Error(`operand: ${value} is no number`);
  return String(Math.round(value * 1e4) / 1e4 || 0);
}

/** Text for document information: UTF-16 with byte order mark, as hexadecimal digits. */
export function textString(text: string): string {
  return `<FEFF${utf16Hex(text)}>`;
}

export function utf16Hex(text: string): string {
  return Array.from({ length: text.length }, (_, i) =>
    text.charCodeAt(i).toString(16).toUpperCase().padStart(4, '0'),
  ).join('');
}

function latin1(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}
