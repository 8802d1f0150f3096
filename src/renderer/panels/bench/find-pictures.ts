import type { DatasetImage, Side } from '@shared/domain/dataset';

export type PictureSide = Side | 'all';
export type PictureOrder = 'position' | 'worst' | 'best' | 'name';

interface Wanted {
  /** Every word of it must be in the name, in any order and case. */
  readonly query: string;
  readonly side: PictureSide;
  readonly order: PictureOrder;
  /** Positions on each side; absent while they are being read. */
  readonly members: Readonly<Record<Side, readonly number[]>> | undefined;
  readonly mos: (image: DatasetImage) => number | null;
}

/** Pictures by name and side, in the order asked for. */
export function findPictures(
  images: readonly DatasetImage[],
  { query, side, order, members, mos }: Wanted,
): readonly DatasetImage[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const on = side === 'all' ? null : new Set(members?.[side]);
  const found = images.filter(({ name, position }) => {
    const plain = name.toLowerCase();
    return (on === null || on.has(position)) && words.every((word) => plain.includes(word));
  });
  switch (order) {
    case 'position':
      return found;
    case 'worst':
      return found.sort((a, b) => (mos(a) ?? 0) - (mos(b) ?? 0));
    case 'best':
      return found.sort((a, b) => (mos(b) ?? 0) - (mos(a) ?? 0));
    case 'name':
      return found.sort((a, b) => a.name.localeCompare(b.name));
  }
}
