import { basename } from 'node:path';
import type { ImportPreview } from '@shared/domain/dataset';

/** What to call a data set nobody named: a published one by its title, a table by its folder. */
export function usualName({ mapping, title, imageFolder }: ImportPreview): string {
  return mapping === null ? title : basename(imageFolder);
}
