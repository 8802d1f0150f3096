import type { FitInfo } from '@shared/domain/catalogue';
import { registry } from '../registry';
import type { FitDef } from './fit';

/** Every fit of this folder. */
export const fits = registry<FitDef>(
  'fit',
  import.meta.glob<{ default: FitDef }>(['./*.ts', '!./fit.ts', '!./fit-file.ts', '!./index.ts'], {
    eager: true,
  }),
);

/** The part of a fit that the rest of the lab knows: plain data. */
export function fitInfo(fit: FitDef): FitInfo {
  const { id, version, title, citation, summary, on, produces, params, presets, needs } = fit;
  const info = { id, version, title, citation, summary, on, produces, params, presets };
  return needs ? { ...info, needs } : info;
}
