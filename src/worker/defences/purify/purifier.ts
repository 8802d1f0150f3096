import type { Picture } from '../../fidelity/picture';

/** Cleans one picture or view; its size stays, so that views lie where they lay. */
export interface Purifier {
  apply(picture: Picture): Picture | Promise<Picture>;
  /**
   * The adjoint of a linear purifier: what a gradient at its output is at its input. Absent where there is no useful
   * derivative; the gradient then passes as if the purifier did nothing (BPDA; Athalye et al., ICML 2018).
   */
  pull?(gradient: Picture): Picture;
}
