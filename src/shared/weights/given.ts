import type { WeightEntry } from '../domain/weights';

/** An entry as it is written down: no checksum and in use, unless it says otherwise. */
export type Given = Omit<WeightEntry, 'sha256' | 'later'> &
  Partial<Pick<WeightEntry, 'sha256' | 'later'>>;

/** What all files of torchvision share. */
export const torchvision = {
  page: 'the torchvision documentation, "Models and pre-trained weights"; torchvision itself downloads the file into its cache folder',
  licence:
    'not stated for the weights; torchvision is BSD-3-Clause and asks users to check the terms of ImageNet',
};
