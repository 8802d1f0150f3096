import { describe, expect, it } from 'vitest';
import { LabError } from '@shared/errors';
import demo from '../../../resources/experiments/demo.json';
import example from '../../../resources/experiments/example.json';
import { parseExperiment } from '../../../src/main/experiment/schema';

const smallest = {
  experiment: 1,
  name: 'Small',
  dataset: { path: 'photos' },
  split: { method: 'random' },
  pairs: [{ model: 'cnniqa' }],
};

/** The refusal of a file, as data. */
function refused(content: unknown): LabError {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  try {
    parseExperiment(text, 'study.json');
  } catch (error) {
    if (error instanceof LabError) return error;
    throw error;
  }
  throw new Error('the file was accepted');
}

describe('an experiment file', () => {
  it('may leave out everything that has a usual value', () => {
    expect(parseExperiment(JSON.stringify(smallest), 'study.json')).toEqual({
      ...smallest,
      seed: 1,
      weightFiles: [],
      split: { method: 'random', testShare: 0.2, validationShare: 0.1, grouped: true },
      pairs: [{ model: 'cnniqa', modelParams: {}, trainer: {}, nt: {}, twin: 'nt', at: {} }],
      evaluate: ['test'],
      imports: [],
      sweeps: [],
      fits: [],
      defences: [],
      attacks: [],
      norms: [],
      figures: [],
      tables: [],
    });
  });

  it('is what the lab ships as demo and as example', () => {
    for (const shipped of [demo, example]) {
      expect(parseExperiment(JSON.stringify(shipped), 'shipped').experiment).toBe(1);
    }
  });

  it('that is not JSON is refused with the place of the fault', () => {
    const error = refused('{"experiment": 1,}');
    expect(error.message).toMatch(/^study\.json is not JSON: .*position 17/);
    expect(error).toMatchObject({ kind: 'bad-input', safe: 'Nothing was started.' });
  });

  it.each([
    [{ ...smallest, name: undefined }, 'name is missing'],
    [{ ...smallest, pairs: [] }, 'the whole file: there is no model'],
    [
      { ...smallest, pairs: [{ model: 'cnniqa', trainer: { epochs: [20] } }] },
      'pairs.0.trainer.epochs',
    ],
    [{ ...smallest, attacks: [{ params: {} }] }, 'attacks.0.attack is missing'],
    [{ ...smallest, attacks: [{ attack: 'fgsm', limit: 0 }] }, 'attacks.0.limit: '],
    [{ ...smallest, split: { method: 'random', testShare: 2 } }, 'split.testShare: '],
    [{ ...smallest, split: { method: 'imported' } }, 'split.indexFile is missing'],
    [{ ...smallest, dataset: {} }, 'dataset: say either'],
    [{ ...smallest, figures: [{ figure: 'x', formats: ['gif'] }] }, 'figures.0.formats.0: '],
    [{ ...smallest, experiment: 2 }, 'experiment: '],
    [{ ...smallest, seed: 1.5 }, 'seed: '],
    ['[]', ''],
  ])('with a wrong field is refused by the name of the field (%#)', (content, field) => {
    expect(refused(content).message).toContain(`study.json: ${field}`);
  });

  it('with a misspelled field is answered with the right one', () => {
    const misspelled = { ...smallest, pairs: [{ model: 'cnniqa', modelParam: {} }] };
    expect(refused(misspelled).message).toContain('pairs.0.modelParam is not a field');
    expect(refused(misspelled).next).toBe('Did you mean "modelParams"?');
    expect(refused({ ...smallest, atacks: [] }).next).toBe('Did you mean "attacks"?');
  });
});
