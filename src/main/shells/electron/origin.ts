/** The app's own scheme and its one host: pages, pictures and calls come from here or nowhere. */
export const scheme = 'app';
export const origin = 'app://lab';
export const startPage = `${origin}/`;

/** Whether an address is inside the app. A prefix of the host (`app://lab.evil`) is not. */
export function isOwnAddress(address: string): boolean {
  const url = URL.parse(address);
  return url !== null && url.protocol === `${scheme}:` && url.host === 'lab';
}
