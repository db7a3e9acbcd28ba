export { durationBounds, type Endpoint, type Metric, metrics } from './catalogue.ts';
export { endpointOf } from './endpoints.ts';
export { type MachineCheck, type MachineState, machineChecks } from './machine-state.ts';
export { otherMachines } from './machine-store.ts';
export { MachineWatch, type ShippedTotals, type WatchedJob } from './machine-watch.ts';
export { metricsRouter } from './metrics-router.ts';
export { WorkerCounters } from './worker-counters.ts';
export { startWorkerExchange, type WorkerExchange } from './worker-exchange.ts';
