import type { Locator, Page } from '@playwright/test';

const widths = [3, 48, 48, 64, 64, 64, 64, 128, 128, 128];

/** A safetensors file of zeros with the names and shapes of the published S-CNN (Zhang et al., 2020). */
export function scnnFile(): Buffer {
  const header: Record<string, unknown> = {};
  let end = 0;
  const put = (name: string, ...shape: number[]): void => {
    const bytes = 4 * shape.reduce((product, size) => product * size, 1);
    header[name] = { dtype: 'F32', shape, data_offsets: [end, end + bytes] };
    end += bytes;
  };
  const layer = (name: string, outputs: number, ...rest: number[]): void => {
    put(`${name}.weight`, outputs, ...rest);
    put(`${name}.bias`, outputs);
  };
  const norm = (name: string, size: number): void => {
    for (const part of ['weight', 'bias', 'running_mean', 'running_var']) {
      put(`${name}.${part}`, size);
    }
  };
  widths.slice(1).forEach((outputs, block) => {
    layer(`features.${3 * block}`, outputs, widths[block] ?? 0, 3, 3);
    norm(`features.${3 * block + 1}`, outputs);
  });
  layer('projection.0', 256, 128, 1, 1);
  norm('projection.1', 256);
  layer('projection.3', 256, 256, 1, 1);
  norm('projection.4', 256);
  layer('classifier', 39, 256);
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, Buffer.alloc(end)]);
}

/** Drops one file on an element, as a person does from a folder. */
export async function dropFile(
  page: Page,
  target: Locator,
  name: string,
  content: string | Buffer,
): Promise<void> {
  const base64 = Buffer.from(content).toString('base64');
  const dataTransfer = await page.evaluateHandle(
    ([fileName, text]) => {
      const transfer = new DataTransfer();
      const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
      transfer.items.add(new File([bytes], fileName));
      return transfer;
    },
    [name, base64] as const,
  );
  await target.dispatchEvent('drop', { dataTransfer });
}
