import { expect, test, type Locator } from '@playwright/test';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Home } from './support/lab-process';
import { look } from './support/look';

/** The demo's own experiment with everything made small, and no attack: the bench tries one. */
const demo = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../resources/experiments/demo.json'), 'utf8'),
) as { pairs: { trainer: object }[] };
const small = {
  ...demo,
  name: 'Bench',
  dataset: { demo: { images: 40 } },
  pairs: demo.pairs.map((pair) => ({
    ...pair,
    trainer: { ...pair.trainer, epochs: 2, trainViews: 4, testViews: 80 },
  })),
};

const home = new Home();
test.afterAll(() => home.remove());
test.use({ viewport: { width: 1440, height: 900 } });

/** Numbers of "71.3 → 55.0 −16.3": before, after, change. */
async function scores(line: Locator): Promise<number[]> {
  const text = (await line.textContent()) ?? '';
  return [...text.replaceAll('\u2212', '-').matchAll(/[+-]?\d+\.\d+/g)].map(([one]) => Number(one));
}

test('a person turns an attack on one picture and sees what it does to both twins', async ({
  page,
}, info) => {
  // A minute on a machine of its own; a busy one gets the time a training of two runs may take.
  test.setTimeout(600_000);
  writeFileSync(join(home.path, 'small.json'), JSON.stringify(small));
  const made = await home.run('run', 'small.json', '--workspace', 'one');
  expect(made.code, made.notes).toBe(0);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  const id = (name: string) => page.getByTestId(name);
  const settled = async () => {
    await expect(id('bench-status')).toHaveAttribute('data-busy', 'false', { timeout: 60_000 });
    await expect(id('bench-status')).toContainText('the numbers a batch stores');
  };

  await test.step('the bench opens with a picture under attack', async () => {
    const lab = home.start('serve', '--workspace', 'one');
    const [address] = await lab.says(/http:\/\/127\.0\.0\.1:\d+\/\?token=\S+/);
    await page.goto(address);
    await page.keyboard.press('b');
    await settled();
    await expect(id('bench-attacked-nt').locator('canvas')).toBeVisible();
    await expect(id('bench-measures')).toContainText('SSIM (piq)');
    // FGSM at 0.005 is 1.28 grey levels, of which saving keeps one.
    await expect(id('bench-measures')).toContainText('0.00392 = 1/255');
    await look(page, info, 'bench-01-open');
  });

  await test.step('both units of epsilon move together, and the answer follows', async () => {
    const weak = await scores(id('bench-score-baseline'));
    await id('grey-epsilon').fill('2.55');
    await id('grey-epsilon').press('Tab');
    await expect(id('param-bench-epsilon')).toHaveValue('0.01');
    await id('param-bench-epsilon').fill('0.03');
    await expect(id('grey-epsilon')).toHaveValue('7.65');
    await settled();
    const strong = await scores(id('bench-score-baseline'));
    expect(strong[0]).toBe(weak[0]);
    expect(strong[1]).not.toBe(weak[1]);
  });

  await test.step('a slider that is dragged leaves only its last place', async () => {
    const slide = id('slide-epsilon');
    for (const grey of ['6', '5', '4', '3', '2', '1']) await slide.fill(grey);
    await settled();
    await expect(id('bench-measures')).toContainText('0.00392 = 1/2550.00392 = 1/255');
  });

  await test.step('one click sets another attack as the paper has it', async () => {
    await id('bench-attack').selectOption('i-fgsm');
    await id('bench-preset-paper-01').click();
    await settled();
    await expect(page.getByRole('img', { name: /in 10 looks/ })).toBeVisible();
    // 0.01 is 2.55 grey levels: saving rounds up and leaves the bound.
    await expect(id('bench-outcome')).toContainText('outside the bound');
    await look(page, info, 'bench-02-steps');
  });

  await test.step('zoom goes down to single pixels with their values, in all panes at once', async () => {
    await id('bench-zoom').selectOption('64');
    const pane = id('bench-original').getByRole('application');
    await pane.focus();
    await page.keyboard.press('ArrowRight');
    await expect(id('bench-pixel')).toContainText('original');
    await expect(id('bench-pixel')).toContainText('saved as');
    await look(page, info, 'bench-03-pixels');
    await page.keyboard.press('f');
    await expect(id('bench-zoom')).toHaveValue('fit');
    await id('bench-original').locator('canvas').hover();
    await page.mouse.wheel(0, -600);
    await expect(id('bench-zoom')).not.toHaveValue('fit');
  });

  await test.step('wipe and blink compare with the original', async () => {
    await id('bench-mode').getByText('Wipe').click();
    await id('bench-wipe').fill('30');
    await look(page, info, 'bench-04-wipe');
    await id('bench-mode').getByText('Attacked').click();
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await id('bench-blink').click();
    await expect(id('bench-attacked-nt')).toContainText('original (blink)');
    await expect(id('bench-blink')).toHaveText('Original');
    await id('bench-blink').click();
    await page.emulateMedia({ reducedMotion: 'no-preference' });
  });

  await test.step('another picture is found by side and name', async () => {
    await id('bench-side').selectOption('all');
    await expect(id('bench-picture-count')).toHaveText('40 of 40');
    await id('bench-search').fill('no such name');
    await expect(page.getByText('No picture of this side')).toBeVisible();
    await id('bench-search').fill('');
    await id('bench-pictures').getByRole('option').nth(2).click();
    await settled();
  });

  await test.step('a wrong value is said and not tried', async () => {
    await id('param-bench-steps').fill('0');
    await expect(id('bench-settings')).toContainText('must be at least 1');
    await id('param-bench-steps').fill('5');
    await settled();
  });

  await test.step('it looks right in the dark', async () => {
    await page.emulateMedia({ colorScheme: 'dark' });
    await look(page, info, 'bench-05-dark');
    await page.emulateMedia({ colorScheme: 'light' });
  });

  await test.step('the pictures in view leave as a plate', async () => {
    await id('bench-plate-png').click();
    const file = id('exported-file').filter({ hasText: '.png' });
    await expect(file).toBeVisible();
    const path = (await file.locator('code').textContent()) ?? '';
    expect(readFileSync(path).subarray(1, 4).toString()).toBe('PNG');
    copyFileSync(path, join(info.project.outputDir, 'screens', 'bench-plate.png'));
  });

  await test.step('what was found goes into the form of a batch', async () => {
    await id('bench-keep').click();
    await expect(id('attack-choice-i-fgsm')).toBeChecked();
    await expect(id('param-attack-steps')).toHaveValue('5');
    await look(page, info, 'bench-06-kept');
  });
  expect(complaints).toEqual([]);
});
