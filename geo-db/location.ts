/**
 * What is known of where an address is. Every field is undefined where the database does not say; unknown is never
 * guessed. Frozen and shared: two addresses of one database record get the same object.
 */
export interface Location {
  /**
   * Tells locations apart: a small number, the same for the same object, never used for two. What is kept beside a
   * location can be kept in an array by it, which is quicker than a map by the object.
   */
  readonly serial: number;
  /** Two-letter continent code as GeoIP2 has it: AF AN AS EU NA OC SA. */
  readonly continent: string | undefined;
  /** ISO 3166-1 alpha-2. */
  readonly country: string | undefined;
  /** ISO 3166-2, like `DE-BY`. */
  readonly region: string | undefined;
  /** English name. */
  readonly city: string | undefined;
  readonly postalCode: string | undefined;
  /** Degrees, WGS 84. */
  readonly latitude: number | undefined;
  readonly longitude: number | undefined;
  readonly accuracyRadiusKm: number | undefined;
  /** IANA name, like `Asia/Taipei`. */
  readonly timeZone: string | undefined;
  /** Autonomous system number and its holder. */
  readonly asn: number | undefined;
  readonly asOrganization: string | undefined;
}

export const unknownLocation: Location = Object.freeze({
  serial: 0,
  continent: undefined,
  country: undefined,
  region: undefined,
  city: undefined,
  postalCode: undefined,
  latitude: undefined,
  longitude: undefined,
  accuracyRadiusKm: undefined,
  timeZone: undefined,
  asn: undefined,
  asOrganization: undefined,
});
