export {
  cookieRing,
  dayKey,
  daysWithKey,
  destroyDayKey,
  type KeyRing,
  keyRings,
  localSigningKeys,
  newSigningKey,
  readSigningKeys,
  type SigningKey,
  signingKeysFile,
  tokenRing,
  writeSigningKeys,
} from './key-files.ts';
export { localSealingKeys, parseSealingKeys, type Sealer, sealerOf } from './sealed.ts';
export { dayKeysDue, nextSigningKeys, signingKeysDue, syncDayKeys, syncSigningKeys } from './shared-keys.ts';
