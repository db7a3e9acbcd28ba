export {
  Address,
  formatAddress,
  maskedAddress,
  maskedNetwork,
  parseAddress,
  writeMaskedNetwork,
} from './address.ts';
export { ageInDays, staleAfterDays } from './age.ts';
export { clientAddress, parseTrustedProxies, type TrustedProxies } from './client-address.ts';
export { continentOf, isInEu } from './countries.ts';
export { type Credit, creditsOf, dbIpCredit, defaultGeoDbFiles } from './default-files.ts';
export { mmdbFilesIn } from './folder.ts';
export {
  type GeoDb,
  type GeoDbExplanation,
  type GeoDbMetadata,
  type GeoDbOptions,
  openGeoDb,
} from './geo-db.ts';
export type { FileList, GeoDbProblem } from './layers.ts';
export {
  type Anonymity,
  type ConnectionType,
  type Location,
  type LocationField,
  unknownLocation,
} from './location.ts';
export { GeoDbError, type GeoDbFileInfo } from './mmdb-file.ts';
export {
  type AddressScope,
  addressScope,
  contains,
  type Network,
  parseNetwork,
  parseNetworks,
} from './network.ts';
export type { PartialLocation } from './record.ts';
export { regionName } from './regions/index.ts';
export { type NamedRegion, searchRegions } from './regions/search.ts';
export { type DownloadSource, maxmindSources, urlFileName, urlSource } from './update/source.ts';
export { GeoDbUpdateError, type UpdateProblem } from './update/update-error.ts';
export {
  GeoDbUpdater,
  type GeoDbUpdaterOptions,
  type UpdateDemand,
  type UpdateOutcome,
  type UpdateState,
} from './update/updater.ts';
export {
  createGeoWebService,
  type GeoWebClient,
  type GeoWebService,
  type GeoWebServiceOptions,
  type GeoWebServiceStatus,
  maxmindWebClient,
} from './web-service.ts';
export { GeoWebServiceError } from './web-service-error.ts';
