import { resnetTrunk } from './parts/resnet';

export default resnetTrunk('resnet50', 'ResNet-50 (ImageNet)');
