import type { StoredWeights } from '@shared/domain/weights';

/** One published trunk, one of a later training, one whole model of the person's own. */
export const weights: StoredWeights[] = [
  {
    sha256: '7ea73d75539cefcf4953800a896e024ea1a3216de2392f242810b113fd940a42',
    fileName: 'scnn.pkl',
    sizeBytes: 2_585_667,
    facts: {
      format: 'torch legacy',
      kind: 'trunk',
      id: 'scnn',
      title: 'SCNN branch of DBCNN',
      tensors: 68,
      values: 643_479,
      notes: ['The prefix "module." was taken off.'],
    },
    entryId: 'scnn',
    published: true,
    addedAtMs: 1,
    deletedAtMs: null,
  },
  {
    sha256: '11ad3fa6bbce3ac46a1ed4b2c21b1b1f5ee1a3f2a8b0bd1c4f2e2c8d8f1d8a11',
    fileName: 'resnet50-11ad3fa6.pth',
    sizeBytes: 102_540_417,
    facts: {
      format: 'torch zip',
      kind: 'trunk',
      id: 'resnet50',
      title: 'ResNet-50 trunk',
      tensors: 320,
      values: 25_610_152,
      notes: [],
    },
    entryId: 'resnet50',
    published: false,
    addedAtMs: 2,
    deletedAtMs: null,
  },
  {
    sha256: '3b7f0c4f3b0f2b9c1d6c2f5a8e7d4c3b2a190807f6e5d4c3b2a1908070605040',
    fileName: 'hyperiqa-mine.safetensors',
    sizeBytes: 109_700_000,
    facts: {
      format: 'safetensors',
      kind: 'model',
      id: 'hyperiqa',
      title: 'HyperIQA, the whole model',
      tensors: 355,
      values: 27_428_602,
      notes: [],
    },
    entryId: null,
    published: false,
    addedAtMs: 3,
    deletedAtMs: null,
  },
];
