/**
 * Puts text on the clipboard, with HTML beside it where given. The `copy` event needs no permission,
 * which the desktop window denies to everything.
 * @returns false where the browser refused
 */
export function copyToClipboard(text: string, html?: string): boolean {
  const onCopy = (event: ClipboardEvent): void => {
    event.preventDefault();
    event.stopImmediatePropagation();
    event.clipboardData?.setData('text/plain', text);
    if (html !== undefined) event.clipboardData?.setData('text/html', html);
  };
  document.addEventListener('copy', onCopy, { capture: true });
  try {
    // Deprecated by name, but the only way that works without the clipboard permission.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    return document.execCommand('copy');
  } finally {
    document.removeEventListener('copy', onCopy, { capture: true });
  }
}
