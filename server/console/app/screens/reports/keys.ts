/** Where the lists are kept. */
export const savedKey = ['saved-reports'] as const;
export const sharesKey = ['report-shares'] as const;
export const schedulesKey = ['report-schedules'] as const;
