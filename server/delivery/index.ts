export { type AdRequest, type Decision, decide } from './decide.ts';
export { explain, type Verdict } from './explain.ts';
export { InventoryIndex } from './inventory-index.ts';
export { type NoFillReason, noFillReasons } from './no-fill.ts';
export { previewMs, signPreview } from './preview.ts';
export { type DeliveryStart, type RunningDelivery, startDelivery } from './start.ts';
export { TokenSigner } from './token.ts';
