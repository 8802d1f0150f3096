import type { FigureOptions, Study } from '@shared/domain/study';
import type { FigureDef } from '@shared/figures';
import type { FigureFormat, FigureSize } from '@shared/rpc';
import { writeCsv } from '@shared/tables/writers/csv';
import { printTheme } from '@shared/theme';
import { draw } from './draw';
import { refuseIfMissing } from './missing';
import { embedded, type PictureSource } from './pictures';
import { pictureFile } from './picture-file';
import { writeSvg } from './svg';

/** ECharts snaps rules to whole units; with ten to the point that moves nothing visibly. */
const unitsPerPt = 10;
const pointsPerInch = 72;

/**
 * Renders a figure as a file. Every shell exports through this one function; the same study,
 * options and size give the same bytes.
 *
 * @param size true size in inches, text in points; `dpi` matters for PNG only
 * @param pictures where an image plate finds its pictures; without it they are empty frames
 * @throws LabError `not-found` naming the first missing ingredient and what makes it
 */
export async function renderFigure(
  def: FigureDef,
  study: Study,
  options: FigureOptions,
  size: FigureSize,
  format: FigureFormat,
  pictures?: PictureSource,
): Promise<Buffer> {
  refuseIfMissing(def, study, options);
  if (format === 'csv') return Buffer.from(writeCsv(def.toCsv(study, options)), 'utf8');

  const widthPt = size.widthIn * pointsPerInch;
  const heightPt = size.heightIn * pointsPerInch;
  const canvas = { width: widthPt * unitsPerPt, height: heightPt * unitsPerPt };
  const theme = printTheme(size.font, size.fontPt, unitsPerPt, canvas);
  const drawing = draw(def.toOption(study, options, theme), canvas.width, canvas.height);
  const { svg, texts } = writeSvg(drawing, {
    widthPt,
    heightPt,
    unitsPerPt,
    title: def.title,
    description: def.caption(study, options),
    pictures: await embedded(drawing, pictures),
  });
  return await pictureFile(svg, texts, size, format);
}
