import { resnetTrunk } from './parts/resnet';

export default resnetTrunk('resnet18', 'ResNet-18 (ImageNet)');
