/** Where the list of reversals is kept. */
export const reversalsKey = ['traffic-reversals'] as const;
