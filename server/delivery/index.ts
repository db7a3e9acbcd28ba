export { type Browser, BrowserReader } from './browser.ts';
export { type Decision, decide } from './decide.ts';
export { explain, type Verdict } from './explain.ts';
export { InventoryIndex } from './inventory-index.ts';
export { type NoFillReason, noFillReasons } from './no-fill.ts';
export { type DescribedRequest, factsOfRequest } from './request-facts.ts';
export { type DeliveryStart, type RunningDelivery, startDelivery } from './start.ts';
export { prepareTagFiles, readTagSources, type TagFiles, type TagSources } from './tag-files.ts';
export { type Facts, noKeyValues } from './targeting/facts.ts';
