/** How a network reaches the Internet, by GeoIP2's "Cable/DSL", "Cellular", "Corporate", "Dialup", "Satellite". */
export type ConnectionType = 'cable_dsl' | 'cellular' | 'corporate' | 'dialup' | 'satellite';

/**
 * What hides who is behind an address, by GeoIP2 Anonymous IP. Frozen and shared: there is one object for each
 * combination.
 */
export interface Anonymity {
  readonly vpn: boolean;
  /** A hosting or cloud provider, where hardly any visitor sits. */
  readonly hosting: boolean;
  readonly publicProxy: boolean;
  readonly residentialProxy: boolean;
  /** An exit node of the Tor network. */
  readonly tor: boolean;
}

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
  /** Whether the law of the European Union holds there; undefined where the country is unknown. */
  readonly isEu: boolean | undefined;
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
  readonly connectionType: ConnectionType | undefined;
  /** Internet service provider, and who the network is registered to or used by. */
  readonly isp: string | undefined;
  readonly organization: string | undefined;
  /** Undefined where no file lists the address as anonymous, which is also so where there is no such file. */
  readonly anonymous: Anonymity | undefined;
}

/** What a location says, without the number that tells it apart. */
export type LocationField = Exclude<keyof Location, 'serial'>;

export const unknownLocation: Location = Object.freeze({
  serial: 0,
  continent: undefined,
  country: undefined,
  isEu: undefined,
  region: undefined,
  city: undefined,
  postalCode: undefined,
  latitude: undefined,
  longitude: undefined,
  accuracyRadiusKm: undefined,
  timeZone: undefined,
  asn: undefined,
  asOrganization: undefined,
  connectionType: undefined,
  isp: undefined,
  organization: undefined,
  anonymous: undefined,
});
