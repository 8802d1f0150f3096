import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import ExcelJs from 'exceljs';
import { describe, expect, it } from 'vitest';
import { encodePng } from '@imaging/encode';
import { importDataset } from '../../../src/main/datasets/import-dataset';
import { previewDataset } from '../../../src/main/datasets/registry';
import { gradient } from '../../helpers/pictures';
import { useTempDir } from '../../helpers/temp-dir';

const temp = useTempDir();
const picture = encodePng({ width: 12, height: 9, data: gradient(12, 9) });

/** The first rows of each published label file, as the data sets' own documentation describes them. */
const layouts = [
  {
    id: 'koniq10k',
    labels: 'koniq10k_scores_and_distributions.csv',
    text:
      '"image_name","c1","c2","c3","c4","c5","c_total","MOS","SD","MOS_zscore"\n' +
      '"10004473376.jpg",0,0,25,73,7,105,3.82857142857143,0.527278894857,73.1\n',
    image: '1024x768/10004473376.jpg',
    expected: { score: 73.1, scoreStd: null, groupKey: null },
    dataset: { scoreKind: 'mos', scoreMin: 0, scoreMax: 100 },
  },
  {
    id: 'koniq10k',
    labels: 'koniq10k_distributions_sets.csv',
    text:
      'image_name,c1,c2,c3,c4,c5,c_total,MOS,SD,set\n' +
      '10004473376.jpg,0,0,25,73,7,105,75.4,0.5,training\n',
    image: '1024x768/10004473376.jpg',
    expected: { score: 75.4 },
    dataset: { scoreMax: 100 },
  },
  {
    id: 'kadid10k',
    labels: 'dmos.csv',
    text: 'dist_img,ref_img,dmos,var\nI01_01_01.png,I01.png,4.57,0.496\n',
    image: 'images/I01_01_01.png',
    expected: { score: 4.57, groupKey: 'I01' },
    dataset: { scoreKind: 'mos', scoreMin: 1, scoreMax: 5 },
  },
  {
    id: 'kadid10k',
    labels: 'kadid10k_label.txt',
    text: 'I01_01_01.png, 4.57\nI01_01_02.png, 4.33\n',
    image: 'images/I01_01_01.png',
    expected: { score: 4.57, groupKey: 'I01' },
    dataset: { scoreKind: 'mos' },
  },
  {
    id: 'tid2013',
    labels: 'mos_with_names.txt',
    text: '5.51429 I01_01_1.bmp\n5.56757 i01_01_2.bmp\n',
    image: 'distorted_images/i01_01_1.BMP',
    expected: { score: 5.51429, groupKey: 'I01' },
    dataset: { scoreKind: 'mos', scoreMin: 0, scoreMax: 9 },
  },
  {
    id: 'csiq',
    labels: 'csiq_label.txt',
    text: '1600.AWGN.1.png 0.061989\n1600.AWGN.2.png 0.206473\n',
    image: 'dst_imgs_all/1600.AWGN.1.png',
    expected: { score: 0.061989, groupKey: '1600' },
    dataset: { scoreKind: 'dmos', scoreMin: 0, scoreMax: 1 },
  },
] as const;

describe('a published data set', () => {
  it.each(layouts)('$id is recognised by $labels and read', async (layout) => {
    const root = temp(layout.labels);
    for (const [name, content] of [
      [layout.labels, layout.text],
      [layout.image, await picture],
    ] as const) {
      await mkdir(dirname(`${root}/${name}`), { recursive: true });
      await writeFile(`${root}/${name}`, content);
    }
    const preview = await previewDataset(root);
    expect(preview.importer).toBe(layout.id);
    expect(preview.mapping, 'nothing to choose').toBeNull();
    const chosenFile = await previewDataset(`${root}/${layout.labels}`);
    expect(chosenFile.importer).toBe(layout.id);
    const imported = await importDataset({ path: root, importer: layout.id, mapping: null });
    expect(imported.dataset).toMatchObject(layout.dataset);
    expect(imported.images).toHaveLength(1);
    expect(imported.images[0]).toMatchObject({ position: 0, relPath: layout.image });
    expect(imported.images[0]).toMatchObject(layout.expected);
  });

  it('spaq is read from its workbook', async () => {
    const root = temp('SPAQ');
    await mkdir(`${root}/Annotations`, { recursive: true });
    await mkdir(`${root}/TestImage`);
    await writeFile(`${root}/TestImage/00001.jpg`, await picture);
    const workbook = new ExcelJs.Workbook();
    const sheet = workbook.addWorksheet('Sheet1');
    sheet.addRow(['Image name', 'MOS', 'Brightness', 'Colorfulness']);
    sheet.addRow(['00001.jpg', 43.8, 50.1, 47.3]);
    await workbook.xlsx.writeFile(`${root}/Annotations/MOS and Image attribute scores.xlsx`);
    expect((await previewDataset(root)).importer).toBe('spaq');
    const { images } = await importDataset({ path: root, importer: 'spaq', mapping: null });
    expect(images[0]).toMatchObject({ name: '00001.jpg', score: 43.8 });
  });

  it('is not mistaken for another file of the same name', async () => {
    const root = temp('my-own');
    await mkdir(root);
    await writeFile(`${root}/dmos.csv`, 'picture,dmos\nholiday.png,0.4\n');
    await writeFile(`${root}/holiday.png`, await picture);
    expect((await previewDataset(root)).importer).toBe('table');
  });
});
