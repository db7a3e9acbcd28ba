import { maxId } from '../../inventory/index.ts';
import { integerText } from '../query-fields.ts';

/** Which page of a list by ascending id. */
export const pageFields = {
  limit: integerText({ min: 1, max: 200, description: 'Items on a page.', example: 50 })
    .default(50)
    .meta({ override: { default: 50 } }),
  after: integerText({
    min: 0,
    max: maxId,
    description: 'Only ids greater than this: `next` of the page before.',
  }).optional(),
};
