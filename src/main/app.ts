import { productName, version } from '../../package.json';

/** Name and version as every screen, export and stored run states them. */
export const app = { name: productName, version } as const;
