/** Of what the cache has of the list. */
export const requestsKey = ['member-requests'] as const;
