import { describe, expect, it } from 'vitest';
import { must } from '@shared/errors';
import type { ParamSpec } from '@shared/params';
import { UsageError } from '../../../src/main/shells/cli/environment';
import { describeSettings, parseSettings } from '../../../src/main/shells/cli/settings';

const common = { help: 'Help.', level: 'paper' as const };
const groups = {
  trainer: [
    { type: 'integer', id: 'epochs', label: 'Epochs', default: 20, min: 1, ...common },
    { type: 'boolean', id: 'flip', label: 'Flip', default: true, ...common },
    { type: 'number', id: 'h', label: 'Trainer h', default: 1, ...common },
  ],
  nt: [
    {
      type: 'number',
      id: 'epsilon',
      label: 'Radius',
      default: 0.005,
      min: 0,
      max: 1,
      unit: 'pixel',
      paper: { value: 0.01, source: 'Table S5' },
      ...common,
    },
    { type: 'number', id: 'h', label: 'Step', default: 0.01, ...common },
    {
      type: 'choice',
      id: 'loss',
      label: 'Loss',
      default: 'mae',
      options: [
        { value: 'mae', label: 'MAE' },
        { value: 'mid', label: 'Mid' },
      ],
      ...common,
    },
  ],
} satisfies Record<string, ParamSpec[]>;

const parse = (...texts: string[]) => parseSettings(texts, groups);

describe('parseSettings', () => {
  it('reads numbers, switches and choices under their lists', () => {
    expect(parse('trainer.epochs=5', 'trainer.flip=no', 'nt.epsilon=2.5e-3', 'loss=mid')).toEqual({
      trainer: { epochs: 5, flip: false },
      nt: { epsilon: 0.0025, loss: 'mid' },
    });
  });

  it('reads grey levels as fractions of 255', () => {
    expect(parse('epsilon=4/255').nt).toEqual({ epsilon: 4 / 255 });
  });

  it('needs the prefix only where two lists have the name', () => {
    expect(parse('nt.h=0.1').nt).toEqual({ h: 0.1 });
    expect(() => parse('h=0.1')).toThrow('write trainer.h or nt.h');
  });

  it('answers a misspelled name with the right one and an unknown one with all', () => {
    const next = (text: string) => {
      try {
        parse(text);
      } catch (error) {
        return error instanceof UsageError ? error.next : error;
      }
      return 'accepted';
    };
    expect(next('nt.epsilom=1')).toBe('Did you mean "nt.epsilon"?');
    expect(next('epoch=1')).toBe('Did you mean "epochs"?');
    expect(next('something=1')).toContain('trainer.epochs, trainer.flip, trainer.h, nt.epsilon');
  });

  it.each(['epochs', '=5', 'epochs=', 'epochs=1,5', 'epochs=NaN', 'flip=2', 'epsilon=1/0', ''])(
    'refuses "%s"',
    (text) => expect(() => parse(text)).toThrow(UsageError),
  );

  it('keeps the last of two values for one setting', () => {
    expect(parse('epochs=1', 'trainer.epochs=2').trainer).toEqual({ epochs: 2 });
  });
});

describe('describeSettings', () => {
  it("gives name, default, the paper's value, range and meaning", () => {
    expect(
      describeSettings('nt', [must(groups.nt[0], 'epsilon'), must(groups.nt[2], 'loss')]),
    ).toEqual([
      ['nt.epsilon', '0.005', '0.01', '0 to 1 pixel', 'Radius. Help.'],
      ['nt.loss', 'mae', '', 'mae, mid', 'Loss. Help.'],
    ]);
  });
});
