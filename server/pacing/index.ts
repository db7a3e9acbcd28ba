export { type CurveOf, leaseMs, PacingController, type Round } from './controller.ts';
export { DailyCurve, flatCurve, learnCurve, quartersOfDay } from './daily-curve.ts';
export { type EventCounts, type LedgerState, LineItemLedger, newLedgerState } from './ledger.ts';
export { LocalDays } from './local-days.ts';
export type { LeasedItem, ReportedItem, WorkerLeases, WorkerReport } from './protocol.ts';
export { type Flight, plannedPart, stretchOf } from './schedule.ts';
export { LeaseAccounts } from './worker-leases.ts';
