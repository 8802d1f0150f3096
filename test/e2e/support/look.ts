import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, type TestInfo } from '@playwright/test';
import { join } from 'node:path';

/** Keeps a screenshot and checks that nobody is shut out: no serious finding of axe. */
export async function look(page: Page, info: TestInfo, name: string): Promise<void> {
  const path = join(info.project.outputDir, 'screens', `${name}.png`);
  await page.screenshot({ path, animations: 'disabled' });
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
  expect.soft(serious, `axe on ${name}`).toEqual([]);
}
