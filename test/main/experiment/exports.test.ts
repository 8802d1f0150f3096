import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openTestLab, seedWorkspace, temporaryFolder } from '../../helpers/workspace';
import { runToy, toyClient } from './toy-client';

describe('an experiment', () => {
  it('writes figures and tables of all pairs with the attack and pair the file counts', async () => {
    const seeded = seedWorkspace();
    const lab = await openTestLab({ workspaceDir: seeded.path });
    const client = toyClient(lab);
    const { result } = await runToy(client, {
      figures: [
        { figure: 'before-after', formats: ['svg'], attack: 1, pair: 1, size: { dpi: 600 } },
      ],
      tables: [{ table: 'clean', formats: ['csv', 'latex'] }],
    });
    const { runIds, pair } = result.pairs[0] ?? {};
    expect(result.files).toHaveLength(3);
    expect(client.exported).toMatchObject([
      {
        figureId: 'before-after',
        format: 'svg',
        selection: { runIds, side: 'test' },
        options: { scored: 'float', pairId: pair?.id, attack: expect.any(String) as string },
        size: { dpi: 600, fontPt: 8 },
      },
      { tableId: 'clean', format: 'csv' },
      { tableId: 'clean', format: 'latex' },
    ]);
    await expect(runToy(client, { tables: [{ table: 'clean', attack: 2 }] })).rejects.toThrow(
      'names attack 2, but the experiment has 1',
    );
  });

  it('copies them to a folder, under names that any workspace gives them', async () => {
    const seeded = seedWorkspace();
    const lab = await openTestLab({ workspaceDir: seeded.path });
    const folder = temporaryFolder();
    const copyTo = join(temporaryFolder(), 'paper', 'study');
    const { steps } = await runToy(toyClient(lab, folder), {
      figures: [{ figure: 'before-after', formats: ['svg', 'pdf'], attack: 1, pair: 1 }],
      tables: [{ table: 'clean', formats: ['csv'], scored: 'eight-bit' }],
      copyTo,
    });
    expect(readdirSync(copyTo).sort()).toEqual([
      'before-after-pair-1-attack-1.pdf',
      'before-after-pair-1-attack-1.recipe.json',
      'before-after-pair-1-attack-1.svg',
      'clean-eight-bit.csv',
      'clean-eight-bit.recipe.json',
    ]);
    expect(readFileSync(join(copyTo, 'before-after-pair-1-attack-1.pdf'), 'utf8')).toBe('2.pdf');
    expect(steps.at(-1)).toEqual(['done', `copied them to ${copyTo}`]);
  });
});
