import * as echarts from 'echarts';
import type { EChartsOption } from 'echarts';
import { parseFont, textWidth } from './fonts';

/** Without a page ECharts guesses text widths and labels collide; these are exact. */
echarts.setPlatformAPI({
  measureText: (text, font) => ({ width: textWidth(text, parseFont(font ?? '12px Arimo')) }),
});

/** One element of the drawing, as ECharts' SVG painter builds it before it becomes text. */
export interface DrawnNode {
  readonly tag: string;
  readonly attrs: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly children?: readonly DrawnNode[] | undefined;
  readonly text?: string | undefined;
}

interface SvgPainter {
  renderToVNode(options: { animation: boolean; emphasis: boolean; compress: boolean }): DrawnNode;
}

/**
 * Lets ECharts lay out a chart without a page.
 *
 * @param width, height in chart units
 * @returns the tree of the drawing; without hover rules or animation, which would need style sheets
 */
export function draw(option: EChartsOption, width: number, height: number): DrawnNode {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    // Scatter marks of a server-side drawing stay at the origin while an animation is pending.
    chart.setOption({ ...option, animation: false });
    const painter = chart.getZr().painter as unknown as SvgPainter;
    return painter.renderToVNode({ animation: false, emphasis: false, compress: false });
  } finally {
    chart.dispose();
  }
}
