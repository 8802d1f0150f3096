import { resnetTrunk } from './parts/resnet';

export default resnetTrunk('resnet34', 'ResNet-34 (ImageNet)');
