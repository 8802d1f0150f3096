import { decodeImageBytes } from '@imaging/decode';
import { encodeJpeg } from '@imaging/encode';
import { read } from '@shared/params';
import { fromBytes, toBytes } from '../data/pixels';
import type { Picture } from '../fidelity/picture';
import type { DefenceDef } from './defence';
import { PurifiedScorer } from './purify/purified-scorer';

/** The picture as a reader of its JPEG file sees it: rounded to 8 bit, baseline, chroma halved both ways. */
async function throughJpeg({ height, width, data }: Picture, quality: number): Promise<Picture> {
  const file = await encodeJpeg({ height, width, data: toBytes(data) }, quality);
  const decoded = await decodeImageBytes(file, 'purified.jpg');
  return { height, width, data: fromBytes(decoded.data) };
}

const defence: DefenceDef = {
  id: 'jpeg',
  version: 1,
  title: 'JPEG',
  citation: 'Liu et al., IEEE TCSVT; as in "Guardians of image quality", arXiv 2408.01541',
  summary: 'Saves the picture as JPEG and reads it back before it is scored.',
  gradient: 'straight-through',
  certifies: false,
  params: [
    {
      type: 'integer',
      id: 'quality',
      label: 'Quality',
      help: 'As every program that saves JPEG counts it, 1 to 100. Chroma is stored at half size, as usual.',
      level: 'paper',
      default: 50,
      min: 1,
      max: 100,
    },
  ],
  presets: [
    {
      id: 'quality-70',
      title: 'Quality 70',
      help: 'What the authors of NT combine it with in their later article on JPEG.',
      params: { quality: 70 },
    },
    ...[10, 30, 90].map((quality) => ({
      id: `quality-${quality}`,
      title: `Quality ${quality}`,
      help: 'One of the five strengths of the comparison it is taken from.',
      params: { quality },
    })),
  ],
  guard(inner, params) {
    const quality = read.number(params, 'quality');
    return new PurifiedScorer(inner, { apply: (picture) => throughJpeg(picture, quality) });
  },
};

export default defence;
