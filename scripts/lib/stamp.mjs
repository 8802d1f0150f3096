import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { runtimeDir } from './paths.mjs';

/** SHA-256 of a string or buffer, hexadecimal. */
export const sha256 = (data) => createHash('sha256').update(data).digest('hex');

/**
 * SHA-256 over names and contents of files and of all files under folders; missing paths count as
 * absent, not as errors. File times play no part: a fresh checkout of the same sources has the same
 * hash.
 * @param {string} base names are taken relative to this folder
 * @param {readonly string[]} paths
 */
export function hashFiles(base, paths) {
  const hash = createHash('sha256');
  const visit = (path) => {
    if (!existsSync(path)) return;
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path).sort()) visit(join(path, name));
      return;
    }
    hash.update(`${relative(base, path).split(sep).join('/')}\0`);
    hash.update(`${sha256(readFileSync(path))}\n`);
  };
  for (const path of [...paths].sort()) visit(join(base, path));
  return hash.digest('hex');
}

const stampFile = (name, dir) => join(dir, 'stamps', `${name}.json`);

/** What was stored under a name by writeStamp; null when there is nothing or it cannot be read. */
export function readStamp(name, dir = runtimeDir) {
  return readJson(stampFile(name, dir));
}

/** Stores a value under a name. */
export function writeStamp(name, value, dir = runtimeDir) {
  writeJson(stampFile(name, dir), value);
}

/**
 * A JSON file's value, or null where it is missing or damaged: set-up then simply does its work
 * again.
 */
export function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

/** Writes a JSON file in one move, so that a reader never sees half of it. */
export function writeJson(file, value) {
  mkdirSync(dirname(file), { recursive: true });
  const partial = `${file}.${process.pid}.partial`;
  writeFileSync(partial, `${JSON.stringify(value, null, 2)}\n`);
  renameSync(partial, file);
}
