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
export { localSealingKeys, parseSealingKeys, type Sealer, sealerOf } from './sealed.ts';
export { dayKeysDue, nextSigningKeys, signingKeysDue, syncDayKeys, syncSigningKeys } from './shared-keys.ts';
