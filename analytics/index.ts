export { countedForMs, type EventType, eventTypes } from './events/columns.ts';
export {
  type BrowserFacts,
  browserFields,
  demandFields,
  eventLine,
  locationFields,
  textField,
  zoneFields,
} from './events/line.ts';
export { isRunning, ownIdentity, type ProcessIdentity } from './spool/process-identity.ts';
export { type SpoolBacklog, sealAbandoned, spoolBacklog } from './spool/segments.ts';
export { SpoolWriter, type SpoolWriterOptions, type SpoolWriterStatus, type Waiter } from './spool/writer.ts';
