import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** A Python with PyTorch, named by the environment variable IQALAB_PYTHON; tests that need it skip by name without. */
const path = process.env['IQALAB_PYTHON'] ?? '';

export const torchPython = {
  missing: path === '',
  /** What a program prints on its standard output. */
  async run(program: string, ...args: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(path, ['-c', program, ...args]);
    return stdout;
  },
};
