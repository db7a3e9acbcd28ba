import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Folders whose files take long, those that take longest first. */
const long = [
  'test/faults/',
  'test/system/',
  'test/week/',
  'test/e2e/',
  'test/server/processes/',
  'test/analytics/',
];

/** Begins with the files that take longest, so that all cores have work to the end. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const at = long.findIndex((folder) => moduleId.includes(folder));
      return at < 0 ? long.length : at;
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}
