import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The package's directory, from the sources as well as from `dist`. Throws where there is none above. */
export function packageRoot(): string {
  let directory = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(directory, 'package.json'))) {
    const above = path.dirname(directory);
    if (above === directory) throw new Error(`No package.json above ${fileURLToPath(import.meta.url)}`);
    directory = above;
  }
  return directory;
}
