export {
  dayKey,
  daysWithKey,
  destroyDayKey,
  localSigningKeys,
  newSigningKey,
  readSigningKeys,
  type SigningKey,
  signingKeysFile,
  writeSigningKeys,
} from './key-files.ts';
export { nextSigningKeys, syncDayKeys, syncSigningKeys } from './shared-keys.ts';
