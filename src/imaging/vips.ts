import sharp from 'sharp';

/**
 * sharp, set up once for the lab. The operation cache is off: it would answer for a file that has changed on disk since.
 * One thread per picture: several pictures are decoded at a time, and the engine needs the other cores.
 */
sharp.cache(false);
sharp.concurrency(1);

export { sharp };
