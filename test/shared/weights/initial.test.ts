import { describe, expect, it } from 'vitest';
import { must } from '../../../src/shared/errors';
import { provenanceNotes } from '../../../src/shared/study/notes';
import {
  fitsModel,
  fromScratch,
  initialText,
  partsFromScratch,
  partsOf,
} from '../../../src/shared/weights/initial';
import type { InitialFile } from '../../../src/shared/domain/weights';
import type { Study } from '../../../src/shared/domain/study';
import { buildStudy, withRun } from '../../helpers/study';

const dbcnn = { modelId: 'dbcnn', modelParams: {} };
const linearity = (backbone: string) => ({ modelId: 'linearityiqa', modelParams: { backbone } });
const scnn: InitialFile = {
  sha256: '7ea73d75539c'.padEnd(64, '0'),
  label: 'SCNN branch (scnn.pkl)',
  kind: 'trunk',
  id: 'scnn',
};

describe('the parts a model starts from', () => {
  it('are those of the catalogue, and of a choice of trunks the chosen one', () => {
    const ids = (model: Parameters<typeof partsOf>[0]) =>
      partsOf(model).map(({ entry }) => entry.id);
    expect(ids(dbcnn)).toEqual(['scnn', 'vgg16']);
    expect(ids(linearity('resnet34'))).toEqual(['resnet34']);
    expect(ids(linearity('resnet18'))).toEqual(['resnet18']);
    expect(ids({ modelId: 'cnniqa', modelParams: {} })).toEqual([]);
  });

  it('fit their own model only, and a whole model fits itself in its size', () => {
    const fits = (kind: string, id: string, model: Parameters<typeof fitsModel>[1], variant = id) =>
      fitsModel({ kind, id, variant }, model);
    expect(fits('trunk', 'vgg16', dbcnn)).toBe(true);
    expect(fits('trunk', 'resnet34', dbcnn)).toBe(false);
    expect(fits('trunk', 'resnet34', linearity('resnet50'))).toBe(false);
    expect(fits('model', 'dbcnn', dbcnn)).toBe(true);
    expect(fits('model', 'hyperiqa', dbcnn)).toBe(false);
    expect(fits('model', 'linearityiqa', linearity('resnet34'), 'resnet34')).toBe(true);
    expect(fits('model', 'linearityiqa', linearity('resnet34'), 'resnet50')).toBe(false);
  });

  it('are from scratch unless a file holds them', () => {
    const missing = (files: InitialFile[]) =>
      partsFromScratch(dbcnn, files.length > 0 ? { kind: 'weights', files } : fromScratch).map(
        ({ name }) => name,
      );
    expect(missing([])).toEqual(['SCNN branch', 'VGG-16 branch']);
    expect(missing([scnn])).toEqual(['VGG-16 branch']);
    expect(missing([{ ...scnn, kind: 'model', id: 'dbcnn' }])).toEqual([]);
  });
});

describe('the notes of tables and figures', () => {
  function withStart(files: InitialFile[]): Study {
    return [0, 1].reduce((study, index) => {
      const { run } = must(study.runs[index], 'a pair');
      const initial = files.length > 0 ? { kind: 'weights' as const, files } : fromScratch;
      const spec = { ...run.spec, modelId: 'dbcnn', initial };
      return withRun(study, index, { run: { ...run, spec }, modelTitle: 'DBCNN' });
    }, buildStudy());
  }

  it('say which runs started from scratch where weights exist', () => {
    const study = withStart([]);
    expect(provenanceNotes(study, study.runs)).toContain(
      'Trained from scratch, without the usual pretrained weights (DBCNN and DBCNN +NT).',
    );
  });

  it('name the part that started from scratch', () => {
    const study = withStart([scnn]);
    expect(provenanceNotes(study, study.runs)).toContain(
      'Trained from scratch, without the usual pretrained weights: VGG-16 branch (DBCNN and DBCNN +NT).',
    );
  });

  it('are silent about a model that has none, and about one that was given all', () => {
    const plain = buildStudy();
    expect(provenanceNotes(plain, plain.runs).join(' ')).not.toContain('scratch');
    const whole = withStart([{ ...scnn, kind: 'model', id: 'dbcnn' }]);
    expect(provenanceNotes(whole, whole.runs).join(' ')).not.toContain('scratch');
  });
});

describe('the settings table', () => {
  it('names the files a run started from, and old runs as from scratch', () => {
    expect(initialText({ initial: { kind: 'weights', files: [scnn] } })).toBe(
      'SCNN branch (scnn.pkl), SHA-256 7ea73d75539c',
    );
    expect(initialText({})).toBe('from scratch');
  });
});
