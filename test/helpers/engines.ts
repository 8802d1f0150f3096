import { beforeAll, describe } from 'vitest';
import { loadEngine } from '../../src/worker/engine';
import type { EngineName } from '@shared/domain/catalogue';

/** Why an engine cannot be used here, or undefined when it can. */
async function missing(name: EngineName): Promise<string | undefined> {
  try {
    await loadEngine(name);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const tested = ['cpu', 'wasm'] as const satisfies readonly EngineName[];
const reasons = new Map<EngineName, string | undefined>();
for (const name of tested) reasons.set(name, await missing(name));

/** Runs a suite once per engine of this machine; an engine that is not installed is skipped by name. */
export function eachEngine(title: string, suite: (engine: EngineName) => void): void {
  for (const engine of tested) {
    const reason = reasons.get(engine);
    const name = `${title}, on ${engine}${reason ? ` (skipped: ${reason})` : ''}`;
    describe.skipIf(reason !== undefined)(name, () => {
      beforeAll(async () => {
        await loadEngine(engine);
      });
      suite(engine);
    });
  }
}

/** True when `engine` can be used here, for tests that compare two engines. */
export function hasEngine(engine: EngineName): boolean {
  return reasons.has(engine) && reasons.get(engine) === undefined;
}
