/** Numbers requests so that a reply to an older one can be dropped instead of shown. */
export class Latest {
  #newest = 0;

  /** Starts a request; the returned function says whether it is still the newest. */
  begin(): () => boolean {
    const mine = ++this.#newest;
    return () => mine === this.#newest;
  }
}
