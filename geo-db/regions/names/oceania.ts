import type { RegionNames } from './region-names.ts';

/**
 * English names of the regions of Oceania where they differ from the list of ISO 3166-2.
 * Form and sources: `region-names.ts`. Levels, where a country has two: `../levels.ts`.
 */
export const oceania: RegionNames = {
  // Australia
  AU: {
    ACT: 'Australian Capital Territory|ACT',
  },
  // Marshall Islands
  MH: {
    ALK: 'Ailuk Atoll',
    ALL: 'Ailinglaplap Atoll',
    AUR: 'Aur Atoll',
    EBO: 'Ebon Atoll',
    ENI: 'Enewetak Atoll',
    JAB: 'Jabat Island',
    JAL: 'Jaluit Atoll',
    KIL: 'Kili Island',
    LAE: 'Lae Atoll',
    LIB: 'Lib Island',
    LIK: 'Likiep Atoll',
    MAJ: 'Majuro|Majuro Atoll',
    MAL: 'Maloelap Atoll',
    MEJ: 'Mejit Island',
    MIL: 'Mili Atoll',
    NMK: 'Namdrik Atoll',
    NMU: 'Namu Atoll',
    RON: 'Rongelap Atoll',
    UJA: 'Ujae Atoll',
    UTI: 'Utirik Atoll',
    WTH: 'Wotho Atoll',
    WTJ: 'Wotje Atoll',
  },
  // Nauru
  NR: {
    '05': 'Baiti',
  },
  // New Zealand
  NZ: {
    CIT: 'Chatham Islands',
    MWT: 'Manawatu-Wanganui',
    WGN: 'Wellington',
  },
  // Papua New Guinea
  PG: {
    NCD: 'National Capital District|National Capital|Port Moresby',
    NPP: 'Oro',
    SAN: 'Sandaun',
  },
  // Solomon Islands
  SB: {
    CT: 'Honiara',
  },
  // Tuvalu
  TV: {
    NMG: 'Nanumanga',
  },
  // United States Minor Outlying Islands
  UM: {
    71: 'Midway Atoll',
  },
};
