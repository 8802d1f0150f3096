/**
 * Lays rows out in columns that are as wide as their widest cell; the last column wraps at `width`.
 * @param headers one per column
 */
export function columns(
  headers: readonly string[],
  rows: readonly (readonly string[])[],
  width = 100,
): string[] {
  const last = headers.length - 1;
  const widths = headers.map((header, column) =>
    Math.max(header.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const indent = widths.slice(0, last).reduce((sum, cell) => sum + cell + 2, 0);
  const room = Math.max(24, width - indent);
  return [headers, headers.map((header) => '-'.repeat(header.length)), ...rows].flatMap((row) => {
    const start = row
      .slice(0, last)
      .map((cell, column) => cell.padEnd((widths[column] ?? 0) + 2))
      .join('');
    const [first = '', ...more] = wrap(row[last] ?? '', room);
    return [(start + first).trimEnd(), ...more.map((line) => ' '.repeat(indent) + line)];
  });
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** A duration for people: "4.2 s", "3 min 05 s", "2 h 10 min". */
export function duration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const minutes = Math.floor(Math.round(seconds) / 60);
  if (minutes < 60) {
    return `${minutes} min ${String(Math.round(seconds) % 60).padStart(2, '0')} s`;
  }
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}
