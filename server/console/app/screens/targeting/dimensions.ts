import type { TFunction } from 'i18next';
import type { Format } from '../../i18n/format.ts';
import { countryCodes } from '../../parts/country-codes.ts';
import { timeZones } from '../../parts/zoned-time.ts';
import type { Dimension } from './model.ts';

/** Where each has its name in the texts. */
export const dimensionNames = {
  country: 'dimension.country',
  region: 'dimension.region',
  city: 'dimension.city',
  postalCode: 'dimension.postalCode',
  radius: 'dimension.radius',
  continent: 'dimension.continent',
  eu: 'dimension.eu',
  timeZone: 'dimension.timeZone',
  device: 'dimension.device',
  browser: 'dimension.browser',
  browserVersion: 'dimension.browserVersion',
  os: 'dimension.os',
  osVersion: 'dimension.osVersion',
  language: 'dimension.language',
  connectionType: 'dimension.connectionType',
  asn: 'dimension.asn',
  site: 'dimension.site',
  zone: 'dimension.zone',
  page: 'dimension.page',
  keyValue: 'dimension.keyValue',
  referrer: 'dimension.referrer',
  schedule: 'dimension.schedule',
  dates: 'dimension.dates',
  segment: 'dimension.segment',
  advertiserValue: 'dimension.advertiserValue',
} as const satisfies Record<Dimension, string>;

/** In the order of the menu. */
export const dimensionGroups = {
  place: ['country', 'region', 'city', 'postalCode', 'radius', 'continent', 'eu', 'timeZone'],
  visitor: [
    'device',
    'browser',
    'browserVersion',
    'os',
    'osVersion',
    'language',
    'connectionType',
    'asn',
    'segment',
    'advertiserValue',
  ],
  page: ['site', 'zone', 'page', 'keyValue', 'referrer'],
  time: ['schedule', 'dates'],
} as const satisfies Record<string, readonly Dimension[]>;

const languageCodes =
  'ar bg bn ca cs da de el en en-gb en-us es es-mx et fa fi fr fr-ca he hi hr hu id it ja ko lt lv ms nb nl pl pt pt-br ro ru sk sl sr sv ta te th tr uk ur vi zh zh-cn zh-hk zh-tw'.split(
    ' ',
  );

/** All values of the dimensions that have few enough to choose among. */
export const fixedValues: Readonly<Partial<Record<Dimension, () => readonly string[]>>> = {
  continent: () => ['AF', 'AN', 'AS', 'EU', 'NA', 'OC', 'SA'],
  country: () => countryCodes,
  eu: () => ['yes', 'no'],
  timeZone: timeZones,
  connectionType: () => ['cable_dsl', 'cellular', 'corporate', 'satellite', 'dialup'],
  device: () => ['desktop', 'mobile', 'tablet', 'tv', 'console', 'wearable'],
  language: () => languageCodes,
};

/** Usual values of the dimensions that may have any. */
export const usualValues: Readonly<Partial<Record<Dimension, readonly string[]>>> = {
  browser: [
    ...['Chrome', 'Mobile Chrome', 'Safari', 'Mobile Safari', 'Firefox', 'Mobile Firefox', 'Edge', 'Opera'],
    ...['Samsung Internet', 'Chrome WebView', 'WebKit', 'Facebook', 'Instagram', 'Line', 'WeChat'],
  ],
  os: ['Windows', 'Mac OS', 'iOS', 'Android', 'Linux', 'Ubuntu', 'Chromium OS', 'HarmonyOS'],
};

/** The name of a value of a closed dimension; undefined: it has none but itself. */
export function fixedName(
  on: string,
  value: string,
  t: TFunction<'targeting'>,
  format: Format,
): string | undefined {
  switch (on) {
    case 'country':
      return format.country(value);
    case 'language':
      return format.language(value);
    case 'continent':
      return t(`continent.${value as 'AF'}`);
    case 'eu':
      return t(`eu.${value as 'yes'}`);
    case 'device':
      return t(`device.${value as 'mobile'}`);
    case 'connectionType':
      return t(`connectionType.${value as 'cellular'}`);
    default:
      return undefined;
  }
}
