/** Text for numbers, times and sizes; always a decimal point, as in every export. */

const MINUS = '\u2212';
const THIN_SPACE = '\u2009';

/** Fixed decimals with a true minus sign; "–" where there is no value. */
export function fixed(value: number | null | undefined, decimals: number): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  const text = Math.abs(value).toFixed(decimals);
  return value < 0 && Number(text) !== 0 ? MINUS + text : text;
}

/** Fixed decimals with a sign: differences. */
export function signed(value: number | null | undefined, decimals: number): string {
  const text = fixed(value, decimals);
  return value !== null && value !== undefined && value > 0 && Number(text) !== 0
    ? `+${text}`
    : text;
}

/** Up to `digits` significant digits without needless zeros: parameter values. */
export function compact(value: number, digits = 4): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e7) return value.toExponential(digits - 1).replace(/\.?0+e/, 'e');
  return String(Number(value.toPrecision(digits))).replace('-', MINUS);
}

/** Whole numbers with thin spaces between thousands. */
export function count(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, THIN_SPACE);
}

/** "3 min 20 s", "1 h 05 min", "12 s", "41 ms". */
export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return '–';
  if (ms > 0 && ms < 1000) return `${Math.max(1, Math.round(ms))} ms`;
  const seconds = Math.max(0, Math.round(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  if (minutes === 0) return `${seconds} s`;
  if (minutes < 60) return `${minutes} min ${String(seconds % 60).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** Local date and time to the minute, in the order that sorts. */
export function dateTime(ms: number): string {
  const date = new Date(ms);
  const two = (part: number): string => String(part).padStart(2, '0');
  return (
    `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ` +
    `${two(date.getHours())}:${two(date.getMinutes())}`
  );
}

export function fileSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1e6) return `${fixed(bytes / 1e3, 1)} kB`;
  return `${fixed(bytes / 1e6, 1)} MB`;
}

/** The same for a size that is only known roughly: "≈ 110 MB". */
export function aboutSize(bytes: number): string {
  return bytes < 1e7 ? fileSize(bytes) : `≈ ${Math.round(bytes / 1e6)} MB`;
}

/** A pixel quantity in [0, 1] as 8-bit grey levels: 0.005 is "1.28/255". */
export function greyLevels(value: number): string {
  return `${compact(value * 255, 3)}/255`;
}

/** First characters of a hash: enough to compare by eye. */
export function shortHash(hash: string): string {
  return hash.slice(0, 10);
}
