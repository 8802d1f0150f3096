/** A shape as messages quote it: [16, 224, 224, 3]. */
export function shapeText(shape: readonly number[] | undefined): string {
  return shape ? `[${shape.join(', ')}]` : 'no shape';
}
