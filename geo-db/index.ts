export { Address, formatAddress, maskedNetwork, parseAddress } from './address.ts';
export { clientAddress, parseTrustedProxies, type TrustedProxies } from './client-address.ts';
export { dbIpCredit, defaultGeoDbFiles } from './default-files.ts';
export { type GeoDb, type GeoDbMetadata, type GeoDbOptions, openGeoDb } from './geo-db.ts';
export { type Location, unknownLocation } from './location.ts';
export { GeoDbError, type GeoDbFileInfo } from './mmdb-file.ts';
export { type AddressScope, addressScope, contains, type Network, parseNetworks } from './network.ts';
export { regionName } from './regions/index.ts';
