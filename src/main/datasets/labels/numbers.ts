/** How a table writes the decimal mark. */
export type Decimal = '.' | ',';

const patterns: Readonly<Record<Decimal, RegExp>> = {
  '.': /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i,
  ',': /^[+-]?(\d+,?\d*|,\d+)(e[+-]?\d+)?$/i,
};

/** The number a cell holds, or null: nothing is guessed, so "3,5" is no number where the mark is a point. */
export function parseNumber(cell: string, decimal: Decimal): number | null {
  const text = cell.trim();
  if (!patterns[decimal].test(text)) return null;
  const value = Number(text.replace(',', '.'));
  return Number.isFinite(value) ? value : null;
}

/** The decimal mark under which more of the cells are numbers; a point where both serve. */
export function guessDecimal(cells: readonly string[]): Decimal {
  const count = (decimal: Decimal): number =>
    cells.filter((cell) => parseNumber(cell, decimal) !== null).length;
  return count(',') > count('.') ? ',' : '.';
}
