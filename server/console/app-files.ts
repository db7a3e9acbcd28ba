import path from 'node:path';
import { packageRoot } from '../package-root.ts';

/** Where `npm run build` puts the console's pages. */
export const builtAppDirectory = (): string => path.join(packageRoot(), 'dist', 'server', 'console', 'app');
