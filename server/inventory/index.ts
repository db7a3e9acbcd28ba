export { storeAsset } from './assets.ts';
export { maxBundleFiles, maxUnpackedBytes, maxZipBytes } from './bundle-zip.ts';
export { type CheckedBundle, checkBundle, storeBundle } from './bundles.ts';
export { compileSnapshot } from './compile.ts';
export { countryCodes } from './countries.ts';
export { goal as goalInput, timeZone as timeZoneInput } from './delivery-fields.ts';
export { deliveryPlans } from './delivery-plans.ts';
export {
  affordableEvents,
  type Budget,
  type Cap,
  capWindowMs,
  costMicros,
  expectedCpmMicros,
  expectedRates,
  type Goal,
  type GoalMetric,
  type GoalPeriod,
  type Pacing,
  type Price,
  pricedMetric,
} from './delivery-terms.ts';
export { type DuplicateOptions, duplicateCampaign, duplicateLineItem } from './duplicate.ts';
export {
  type Advertiser,
  type AdvertiserCreate,
  type AdvertiserPatch,
  advertiserDefinition,
} from './entities/advertiser.ts';
export {
  type Campaign,
  type CampaignCreate,
  type CampaignPatch,
  campaignDefinition,
} from './entities/campaign.ts';
export {
  type ConversionActionCreate,
  type ConversionActionOutput,
  type ConversionActionPatch,
  conversionActionDefinition,
} from './entities/conversion-action.ts';
export {
  type ApprovalPolicy,
  type Creative,
  type CreativeCreate,
  type CreativePatch,
  creativeDefinition,
  creativeDefinitionFor,
} from './entities/creative.ts';
export { approvalNote, approvals, creativeTypes } from './entities/creative-schemas.ts';
export {
  type InterestCategory,
  type InterestCategoryCreate,
  type InterestCategoryPatch,
  interestCategoryDefinitionFor,
} from './entities/interest-category.ts';
export {
  type LineItem,
  type LineItemCreate,
  type LineItemPatch,
  lineItemDefinition,
} from './entities/line-item.ts';
export {
  type Segment,
  type SegmentCreate,
  type SegmentPatch,
  segmentDefinition,
} from './entities/segment.ts';
export { type Site, type SiteCreate, type SitePatch, siteDefinition } from './entities/site.ts';
export { type Zone, type ZoneCreate, type ZonePatch, zoneDefinition } from './entities/zone.ts';
export { id as entityId, maxId, name as entityName, timeInput } from './fields.ts';
export { assetsDirectory, snapshotPath, writeAtomically } from './files.ts';
export {
  assetFileName,
  type CheckedImage,
  checkImage,
  type ImageContentType,
  imageContentTypes,
  maxImageBytes,
  maxImageSidePx,
} from './images.ts';
export { ancestorNames, type ListOptions, type ListSort, listSorts } from './listing.ts';
export { type PublisherOptions, type SnapshotPublisher, startSnapshotPublisher } from './publisher.ts';
export type {
  InventorySnapshot,
  LineItemType,
  SnapshotConversionAction,
  SnapshotCreative,
  SnapshotLanding,
  SnapshotLineItem,
  SnapshotSite,
  SnapshotZone,
} from './snapshot.ts';
export { lineItemTypes } from './snapshot.ts';
export { readSnapshot, snapshotText } from './snapshot-file.ts';
export {
  createStore,
  type EntityDefinition,
  type EntityTable,
  fieldError,
  type Page,
  type Store,
} from './store.ts';
export {
  leavesOf,
  type Targeting,
  type TargetingDimension,
  type TargetingLeaf,
  targetingDimensions,
  targetingSchema,
  type Weekday,
  weekdays,
} from './targeting.ts';
export { targetingInput } from './targeting-input.ts';
export { TimeSlices } from './time-slices.ts';
export type { Visible } from './visible.ts';
