import { describe, expect, it } from 'vitest';
import { PickleWriter } from '../../../src/worker/weights/pickle-writer';
import {
  byte,
  claims,
  fixture,
  hex,
  latin1,
  legacy,
  outcome,
  read,
  sentence,
  torchZip,
  type Claim,
} from './lying-files';

describe('weights files that want more than to be read', () => {
  it.each(['command.pt', 'command.pth'])(
    '%s, which would run a command, runs nothing',
    async (name) => {
      const error = await outcome(fixture(name));
      expect(error).toMatchObject({ kind: 'unsupported' });
      expect(error).toMatchObject({
        message:
          'the weights file "x.pt" asks Python for posix.system, which plain weights have no need of',
      });
    },
  );

  it('a pickled module is refused by the name of its class, with the way to save plain weights', async () => {
    await expect(read(fixture('module.pt'))).rejects.toMatchObject({
      message: expect.stringContaining('torch.nn.modules.linear.Linear') as string,
      next: expect.stringContaining('torch.save(model.state_dict()') as string,
    });
  });

  it.each([
    ['builtins', 'eval'],
    ['builtins', 'getattr'],
    ['os', 'system'],
    ['torch.storage', '_load_from_bytes'],
    ['torch', 'load'],
    ['collections', 'OrderedDict.__class__'],
    ['__proto__', 'constructor'],
  ])('the global %s.%s is refused by name', async (module, name) => {
    const pickle = new PickleWriter().call(module, name, () => undefined).finish();
    expect(await sentence(torchZip(pickle))).toContain(`asks Python for ${module}.${name},`);
  });

  it('opcodes that make objects by other ways are refused', async () => {
    // INST, OBJ, EXT1, PERSID, NEXT_BUFFER
    for (const opcode of ['i', 'o', '\x82', 'P', '\x97']) {
      expect(await sentence(torchZip(latin1(`\x80\x02(${opcode}os\nsystem\n.`)))).toContain(
        'holds more than plain data (pickle opcode',
      );
    }
  });
});

describe('weights files that claim too much', () => {
  const values = new Uint8Array(8);
  const wide = 2 ** 40;

  it.each<[string, Claim, RegExp]>([
    [
      'a storage of 4 TB',
      { count: wide, shape: [wide], strides: [1] },
      /announces 4398046511104 bytes.*holds 8/,
    ],
    [
      'a shape beyond its storage',
      { count: 2, shape: [3], strides: [1] },
      /storage holds 2 values/,
    ],
    [
      'an offset beyond it',
      { count: 2, shape: [2], strides: [1], offset: 1 },
      /storage holds 2 values/,
    ],
    ['strides beyond it', { count: 2, shape: [2], strides: [5] }, /storage holds 2 values/],
    ['a negative stride', { count: 2, shape: [2], strides: [-1] }, /storage holds 2 values/],
    ['a negative size', { count: 2, shape: [-2], strides: [1] }, /storage holds 2 values/],
    [
      'a size that overflows',
      { count: 2, shape: [wide, wide, wide], strides: [0, 0, 0] },
      /storage holds/,
    ],
    [
      'one value repeated endlessly',
      { count: 2, shape: [wide], strides: [0] },
      /repeats the same 2 values/,
    ],
    [
      'too many axes',
      { count: 2, shape: Array<number>(40).fill(1), strides: Array<number>(40).fill(1) },
      /40 axes/,
    ],
    ['fewer strides than axes', { count: 2, shape: [1, 2], strides: [1] }, /2 axes and 1 strides/],
    ['half a value', { count: 2, shape: [1.5], strides: [1] }, /storage holds 2 values/],
  ])('%s is refused before anything is allocated', async (_name, claim, reason) => {
    expect(await sentence(torchZip(claims(claim), values))).toMatch(reason);
  });

  it('many tensors on one storage cannot multiply a small file into a large memory', async () => {
    const storage = new Uint8Array(4 * 65_536);
    const claim = { count: 65_536, shape: [65_536], strides: [1] };
    const pickle = claims(...Array<Claim>(400).fill(claim));
    expect(await sentence(torchZip(pickle, storage))).toMatch(
      /makes 104857600 bytes of weights out of/,
    );
  });

  it('the old container is held to the same claims', async () => {
    const claim = { count: wide, shape: [wide], strides: [1] };
    const count = new Uint8Array(8);
    new DataView(count.buffer).setBigInt64(0, BigInt(wide), true);
    expect(await sentence(legacy(claims(claim), ['0'], count))).toMatch(/values are not all there/);
    expect(await sentence(legacy(claims(claim), ['0'], new Uint8Array(8)))).toMatch(
      /1099511627776 values are announced where 0 follow/,
    );
    expect(await sentence(legacy(claims(claim), [], values))).toMatch(
      /some tensors have no values/,
    );
    expect(await sentence(legacy(claims(claim), ['1'], values))).toMatch(
      /values that no tensor has/,
    );
  });

  it('texts and bytes longer than the file, or than any name, are refused', async () => {
    // BINUNICODE of 4 GB, BINBYTES8 of 2^63, BINUNICODE8 of 2 MB that are there.
    expect(await sentence(torchZip(hex('800258ffffffff2e')))).toMatch(/a text of 4294967295 bytes/);
    expect(await sentence(torchZip(hex('80048e00000000000000802e')))).toMatch(/is cut off/);
    const long = Uint8Array.from([
      ...hex('80048d0000200000000000'),
      ...new Uint8Array(0x200000),
      0x2e,
    ]);
    expect(await sentence(torchZip(long))).toMatch(/a text of 2097152 bytes/);
    expect(await sentence(torchZip(hex('80028bffffff7f2e')))).toMatch(
      /a number of 2147483647 bytes/,
    );
  });
});

describe('weights files that would not end', () => {
  it('a dictionary that contains itself is refused', async () => {
    expect(await sentence(fixture('loop.pt'))).toMatch(/a part of it contains itself/);
  });

  it('a tuple that contains itself through its memo is refused', async () => {
    // }q0 X"a" h0 s .   the dictionary is its own entry
    expect(await sentence(torchZip(hex('80027d71005801000000616800732e')))).toMatch(
      /contains itself/,
    );
  });

  it('lists of the same lists, forty levels deep, are left out: 2^40 items for whoever follows them', async () => {
    // ] q0 0: an empty list, remembered and taken off the stack; then lists of two of the one before.
    let lists = '5d710030';
    for (let level = 1; level <= 40; level++) {
      lists += `5d71${byte(level)}2868${byte(level - 1)}68${byte(level - 1)}6530`;
    }
    const weights = Buffer.from(claims({ count: 1, shape: [1], strides: [1] })).toString('hex');
    // The dictionary of weights without its PROTO and STOP, and one entry more: "laughs".
    const all = `8002${lists}${weights.slice(4, -2)}58060000006c617567687368${byte(40)}732e`;
    const file = await read(torchZip(hex(all), new Uint8Array(4)));
    expect([...file.tensors.keys()]).toEqual(['w0']);
    expect(file.notes).toEqual(['Left out, as no weights of the model: laughs.']);
  });

  it('levels that all hold the same level are searched once', async () => {
    const names = [
      'state_dict',
      'model_state_dict',
      'model',
      'params',
      'params_ema',
      'net',
      'network',
    ];
    const text = (name: string): string =>
      `58${byte(name.length)}000000${Buffer.from(name).toString('hex')}`;
    let dicts = '7d710030';
    for (let level = 1; level <= 40; level++) {
      const entries = names.map((name) => `${text(name)}68${byte(level - 1)}`).join('');
      dicts += `7d71${byte(level)}28${entries}7530`;
    }
    expect(await sentence(torchZip(hex(`8002${dicts}68${byte(40)}2e`)))).toMatch(
      /holds no weights/,
    );
  });

  it('lists nested a hundred thousand deep do not exhaust the stack', async () => {
    const deep = `7d5801000000615d${'5d'.repeat(100_000)}${'61'.repeat(100_000)}732e`;
    expect(await sentence(torchZip(hex(`8002${deep}`)))).toMatch(/holds no weights/);
  });

  it('millions of empty lists are refused', async () => {
    const pickle = new Uint8Array(3_000_000).fill(0x5d);
    pickle.set([0x80, 2]);
    expect(await sentence(torchZip(pickle))).toMatch(/more than 2000000 items/);
  });
});

describe('files of another kind', () => {
  it.each([
    ['a Keras file', latin1('\x89HDF\r\n\x1a\n'.padEnd(40, '\0')), /is an HDF5 file/],
    ['a NumPy array', latin1('\x93NUMPY\x01\x00'.padEnd(40, ' ')), /is a NumPy array/],
    ['a web page', latin1('<!DOCTYPE html><html></html>'), /is a web page/],
    ['a text', latin1('these are no weights at all'), /is neither a safetensors file nor one that/],
    ['nothing', new Uint8Array(), /is 0 bytes long, too short/],
    [
      'a pickle of a list',
      hex('80025d7100284b074b084b094b0a652e'),
      /not one with weights of PyTorch/,
    ],
    ['an empty dictionary', torchZip(claims()), /holds no weights/],
    ['a list in a ZIP', torchZip(new PickleWriter().plain([1]).finish()), /holds no named weights/],
  ])('%s is told by its kind', async (_name, bytes, reason) => {
    expect(await sentence(bytes)).toMatch(reason);
  });

  it('a dictionary with two models asks which', async () => {
    const two = new PickleWriter();
    const tensor = (): void => {
      two.emptyDict().entries(() => {
        two.text('w').call('torch._utils', '_rebuild_tensor_v2', () => {
          two.persistent(() =>
            two.text('storage').global('torch', 'FloatStorage').text('0').text('cpu').number(1),
          );
          two
            .number(0)
            .tuple(() => two.number(1))
            .tuple(() => two.number(1))
            .false()
            .emptyOrderedDict();
        });
      });
    };
    two.emptyDict().entries(() => {
      two.text('generator');
      tensor();
      two.text('critic');
      tensor();
    });
    expect(await sentence(torchZip(two.finish(), new Uint8Array(4)))).toMatch(
      /holds several sets of weights: generator, critic/,
    );
  });
});
