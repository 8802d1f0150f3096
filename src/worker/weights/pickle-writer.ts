import type { PlainValue } from './weights-file';

/**
 * Writes Python pickles of protocol 2: texts, numbers, lists, dictionaries and the calls that a reader is told to make.
 * Only opcodes that torch.load(weights_only=True) takes are used.
 */
export class PickleWriter {
  readonly #parts: Uint8Array[] = [Uint8Array.of(0x80, 2)];

  /** The whole pickle. */
  finish(): Uint8Array {
    this.#op('.');
    const bytes = new Uint8Array(this.#parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of this.#parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  #op(opcode: string, ...payload: number[]): this {
    this.#parts.push(Uint8Array.of(opcode.charCodeAt(0), ...payload));
    return this;
  }

  text(text: string): this {
    const bytes = new TextEncoder().encode(text);
    const head = new DataView(new ArrayBuffer(4));
    head.setUint32(0, bytes.length, true);
    this.#op('X', ...new Uint8Array(head.buffer));
    this.#parts.push(bytes);
    return this;
  }

  number(value: number): this {
    const payload = new DataView(new ArrayBuffer(8));
    if (Object.is(value, -0) || !Number.isSafeInteger(value)) {
      payload.setFloat64(0, value, false);
      return this.#op('G', ...new Uint8Array(payload.buffer));
    }
    if (value === value << 0) {
      payload.setInt32(0, value, true);
      return this.#op('J', ...new Uint8Array(payload.buffer, 0, 4));
    }
    payload.setBigInt64(0, BigInt(value), true);
    return this.#op('\x8a', 8, ...new Uint8Array(payload.buffer));
  }

  global(module: string, name: string): this {
    this.#op('c');
    this.#parts.push(new TextEncoder().encode(`${module}\n${name}\n`));
    return this;
  }

  false(): this {
    return this.#op('\x89');
  }

  /** A tuple of what `items` writes. */
  tuple(items: () => void): this {
    this.#op('(');
    items();
    return this.#op('t');
  }

  /** The call of a global with arguments. */
  call(module: string, name: string, args: () => void): this {
    return this.global(module, name).tuple(args).#op('R');
  }

  /** A reference that the container resolves. */
  persistent(id: () => void): this {
    return this.tuple(id).#op('Q');
  }

  emptyOrderedDict(): this {
    return this.call('collections', 'OrderedDict', () => undefined);
  }

  emptyDict(): this {
    return this.#op('}');
  }

  /** Entries for the dictionary written last: `pairs` writes keys and values in turn. */
  entries(pairs: () => void): this {
    this.#op('(');
    pairs();
    return this.#op('u');
  }

  plain(value: PlainValue): this {
    if (value === null) return this.#op('N');
    if (typeof value === 'boolean') return this.#op(value ? '\x88' : '\x89');
    if (typeof value === 'number') return this.number(value);
    if (typeof value === 'string') return this.text(value);
    if (isList(value)) {
      this.#op(']').#op('(');
      for (const item of value) this.plain(item);
      return this.#op('e');
    }
    return this.emptyDict().entries(() => {
      for (const [key, item] of Object.entries(value)) this.text(key).plain(item);
    });
  }
}

function isList(value: PlainValue): value is readonly PlainValue[] {
  return Array.isArray(value);
}
