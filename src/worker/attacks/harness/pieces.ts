import { random } from '@shared/random';
import type { RgbImage } from '@imaging/image';
import { copyView, fromBytes } from '../../data/pixels';
import type { View } from '../../data/views';
import type { Place, Scorer } from '../attack';
import { PictureScorer } from './picture-scorer';
import type { AttackRunSettings } from './settings';

/** A picture to attack, with the views it is scored by. */
export interface Target {
  readonly imageId: number;
  readonly picture: RgbImage;
  readonly views: readonly View[];
  /** `pictureIndex` of its content: the address of its random draws. */
  readonly index: number;
}

/** What is attacked side by side, `[count, height, width, 3]`: views of a picture, or the picture. */
export interface Pieces {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly data: Float32Array;
  /** One per piece; a function of the attack's seed, the picture and the view. */
  readonly seeds: readonly number[];
  /** Where each lies in the picture. */
  readonly places: readonly Place[];
}

/** The picture as one piece, or its views in groups that fit the engine. */
export function cutPieces(target: Target, run: AttackRunSettings, seed: number): Pieces[] {
  const { picture, views, index } = target;
  if (run.unit === 'image') {
    const { height, width } = picture;
    const data = fromBytes(picture.data);
    const seeds = [pieceSeed(seed, index, 0)];
    return [{ count: 1, height, width, data, seeds, places: [{ top: 0, left: 0 }] }];
  }
  const groups: Pieces[] = [];
  for (let first = 0; first < views.length; first += run.viewsAtOnce) {
    const members = views.slice(first, first + run.viewsAtOnce);
    const { height, width } = members[0] as View;
    const size = height * width * 3;
    const data = new Float32Array(members.length * size);
    members.forEach((view, i) => copyView(picture.data, 0, picture.width, view, data, i * size));
    const seeds = members.map((_, i) => pieceSeed(seed, index, first + i));
    const places = members.map(({ top, left }) => ({ top, left }));
    groups.push({ count: members.length, height, width, data, seeds, places });
  }
  return groups;
}

/**
 * Scores pieces as they are reported: views as they are, a whole picture by the mean over its views, and behind the
 * defence of the run, if it has one. The defence is given the pieces: the picture before its views are cut, or views.
 */
export function pieceScorer(scorer: Scorer, target: Target, run: AttackRunSettings): Scorer {
  const bare = bareScorer(scorer, target, run);
  return run.defence ? run.defence.guard(bare, target.index) : bare;
}

/** The same without the defence: all that an attack sees which does not adapt to it. */
export function bareScorer(scorer: Scorer, target: Target, run: AttackRunSettings): Scorer {
  return run.unit === 'image' ? new PictureScorer(scorer, target.views) : scorer;
}

function pieceSeed(seed: number, pictureIndex: number, piece: number): number {
  return random(seed, 'attack', piece, pictureIndex).uint32();
}
