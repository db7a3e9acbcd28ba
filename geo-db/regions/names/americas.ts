import type { RegionNames } from './region-names.ts';

/**
 * English names of the regions of the Americas where they differ from the list of ISO 3166-2.
 * Form and sources: `region-names.ts`. Levels, where a country has two: `../levels.ts`.
 */
export const americas: RegionNames = {
  // Argentina
  AR: {
    B: 'Buenos Aires Province',
    C: 'Buenos Aires City|Buenos Aires F.D.|Ciudad de Buenos Aires|Autonomous City of Buenos Aires',
  },
  // Bolivia, Plurinational State of
  BO: {
    B: 'Beni',
  },
  // Brazil
  BR: {
    DF: 'Federal District',
  },
  // Bahamas
  BS: {
    CK: 'Crooked Island',
    FP: 'Freeport',
  },
  // Chile
  CL: {
    AI: 'Aysén',
    AR: 'Araucanía',
    LI: "O'Higgins|O'Higgins Region",
    MA: 'Magallanes|Region of Magallanes|Magallanes Region',
    RM: 'Santiago Metropolitan',
  },
  // Colombia
  CO: {
    DC: 'Bogotá|Bogota D.C.|Capital District',
    SAP: 'San Andrés and Providencia|San Andres y Providencia|San Andrés & Providencia',
  },
  // Cuba
  CU: {
    '03': 'Havana',
  },
  // Dominican Republic
  DO: {
    '01': 'Distrito Nacional|Nacional',
    32: 'Santo Domingo Province',
  },
  // Grenada
  GD: {
    10: 'Carriacou and Petite Martinique',
  },
  // Greenland
  GL: {
    AV: 'Avannaata',
    KU: 'Kujalleq',
    QE: 'Qeqqata',
    SM: 'Sermersooq',
  },
  // Guatemala
  GT: {
    10: 'Suchitepéquez|Suchitepeque',
  },
  // Honduras
  HN: {
    IB: 'Bay Islands',
  },
  // Haiti
  HT: {
    GA: 'Grand’Anse',
  },
  // Jamaica
  JM: {
    '02': 'St. Andrew',
    11: 'St. Elizabeth',
  },
  // Mexico
  MX: {
    CMX: 'Mexico City|Distrito Federal',
    COA: 'Coahuila',
    MEX: 'Mexico State|Estado de Mexico|State of Mexico',
    MIC: 'Michoacán',
    VER: 'Veracruz',
  },
  // Nicaragua
  NI: {
    AN: 'North Caribbean Coast|Atlántico Norte',
    AS: 'South Caribbean Coast|Atlántico Sur',
  },
  // Panama
  PA: {
    10: 'West Panamá',
    NB: 'Ngäbe-Buglé|Ngobe-Bugle Comarca|Ngöbe-Buglé',
  },
  // Peru
  PE: {
    CAL: 'Callao',
    CUS: 'Cusco|Cuzco',
    LIM: 'Lima (department)',
    LMA: 'Lima Metropolitan|Lima Province',
  },
  // Trinidad and Tobago
  TT: {
    ARI: 'Arima|Borough of Arima',
    DMN: 'Diego Martin|Diego Martin Regional Corporation',
    MRC: 'Rio Claro-Mayaro|Mayaro',
    SGE: 'Sangre Grande|Sangre Grande Regional Corporation',
    SIP: 'Siparia|Siparia Regional Corporation',
  },
  // United States of America
  US: {
    DC: 'District of Columbia|Washington DC',
  },
  // Venezuela, Bolivarian Republic of
  VE: {
    A: 'Capital District|Distrito Federal|Capital',
    W: 'Federal Dependencies',
    X: 'La Guaira|Vargas',
  },
};
