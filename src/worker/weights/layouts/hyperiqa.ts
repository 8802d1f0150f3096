import { renaming, type Layout } from './layout';
import { resnetTensors } from './parts/resnet';
import { TensorList } from './parts/tensors';

/** Su et al., CVPR 2020; the names of the released code, which the authors of NT kept. */
const tensors = new TensorList()
  .include(resnetTensors('resnet50'), (name) => `res.${name}`)
  .parameter('res.lda1_pool.0.weight', 16, 256, 1, 1)
  .layer('res.lda1_fc', 16, 1024)
  .parameter('res.lda2_pool.0.weight', 32, 512, 1, 1)
  .layer('res.lda2_fc', 16, 512)
  .parameter('res.lda3_pool.0.weight', 64, 1024, 1, 1)
  .layer('res.lda3_fc', 16, 256)
  .layer('res.lda4_fc', 176, 2048)
  .layer('conv1.0', 1024, 2048, 1, 1)
  .layer('conv1.2', 512, 1024, 1, 1)
  .layer('conv1.4', 112, 512, 1, 1)
  .layer('fc1w_conv', 512, 112, 3, 3)
  .layer('fc1b_fc', 112, 112)
  .layer('fc2w_conv', 128, 112, 3, 3)
  .layer('fc2b_fc', 56, 112)
  .layer('fc3w_conv', 32, 112, 3, 3)
  .layer('fc3b_fc', 28, 112)
  .layer('fc4w_conv', 8, 112, 3, 3)
  .layer('fc4b_fc', 14, 112)
  .layer('fc5w_fc', 14, 112)
  .layer('fc5b_fc', 1, 112).all;

/** pyiqa numbers its modules from 0 and keeps a branch's pooling and linear layer together. */
const pyiqa = renaming('pyiqa', [
  [/^base_model\./, 'res.'],
  [/^lda_modules\.0\.0\./, 'res.lda1_pool.0.'],
  [/^lda_modules\.1\.0\./, 'res.lda2_pool.0.'],
  [/^lda_modules\.2\.0\./, 'res.lda3_pool.0.'],
  [/^lda_modules\.0\.3\./, 'res.lda1_fc.'],
  [/^lda_modules\.1\.3\./, 'res.lda2_fc.'],
  [/^lda_modules\.2\.3\./, 'res.lda3_fc.'],
  [/^lda_modules\.3\.2\./, 'res.lda4_fc.'],
  [/^fc_w_modules\.0\./, 'fc1w_conv.'],
  [/^fc_w_modules\.1\./, 'fc2w_conv.'],
  [/^fc_w_modules\.2\./, 'fc3w_conv.'],
  [/^fc_w_modules\.3\./, 'fc4w_conv.'],
  [/^fc_w_modules\.4\.2\./, 'fc5w_fc.'],
  [/^fc_b_modules\.0\.2\./, 'fc1b_fc.'],
  [/^fc_b_modules\.1\.2\./, 'fc2b_fc.'],
  [/^fc_b_modules\.2\.2\./, 'fc3b_fc.'],
  [/^fc_b_modules\.3\.2\./, 'fc4b_fc.'],
  [/^fc_b_modules\.4\.2\./, 'fc5b_fc.'],
  [/^conv1\./, 'conv1.'],
]);

const layout: Layout = {
  id: 'hyperiqa',
  kind: 'model',
  title: 'HyperIQA',
  variants: [{ id: 'resnet50', tensors }],
  namings: [pyiqa],
  starts: [{ trunk: 'resnet50', inModel: (name) => `res.${name}` }],
};
export default layout;
