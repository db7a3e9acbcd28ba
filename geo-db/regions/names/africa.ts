import type { RegionNames } from './region-names.ts';

/**
 * English names of the regions of Africa where they differ from the list of ISO 3166-2.
 * Form and sources: `region-names.ts`. Levels, where a country has two: `../levels.ts`.
 */
export const africa: RegionNames = {
  // Angola
  AO: {
    CCU: 'Cuando Cubango|Cuando Cobango',
    CNO: 'Cuanza Norte|Kwanza Norte',
    CUS: 'Cuanza Sul|Kwanza Sul',
    LNO: 'Lunda Norte|Luanda Norte',
    MAL: 'Malanje',
  },
  // Burundi
  BI: {
    BM: 'Bujumbura',
  },
  // Benin
  BJ: {
    AK: 'Atakora',
    KO: 'Kouffo',
  },
  // Congo, Democratic Republic of the
  CD: {
    BC: 'Bas-Congo',
    NK: 'North Kivu',
    SK: 'South Kivu',
  },
  // Central African Republic
  CF: {
    HS: 'Mambéré-Kadéï',
    KB: 'Nana-Grébizi',
    KG: 'Kémo',
    SE: 'Sangha-Mbaéré',
  },
  // Côte d'Ivoire
  CI: {
    AB: 'Abidjan|Abidjan Autonomous District',
  },
  // Cameroon
  CM: {
    AD: 'Adamawa',
  },
  // Algeria
  DZ: {
    11: 'Tamanghasset',
    16: 'Algiers',
    42: 'Tipasa',
    57: 'El Meghaier|El Mghair',
    58: 'El Meniaa|El Menia',
  },
  // Egypt
  EG: {
    ALX: 'Alexandria',
    BA: 'Red Sea',
    BH: 'Beheira',
    BNS: 'Beni Suef|Beni Suweif',
    C: 'Cairo',
    DK: 'Dakahlia',
    DT: 'Damietta',
    FYM: 'Faiyum',
    GH: 'Gharbia',
    GZ: 'Giza',
    IS: 'Ismailia',
    JS: 'South Sinai',
    KB: 'Qalyubia',
    KFS: 'Kafr el-Sheikh',
    KN: 'Qena',
    LX: 'Luxor',
    MN: 'Minya',
    MNF: 'Monufia',
    MT: 'Matrouh',
    PTS: 'Port Said',
    SHG: 'Sohag',
    SHR: 'Sharqia|Al Sharqia',
    SIN: 'North Sinai',
    SUZ: 'Suez',
    WAD: 'New Valley',
  },
  // Eritrea
  ER: {
    AN: 'Anseba',
    DK: 'Southern Red Sea',
    DU: 'Debub',
    GB: 'Gash-Barka',
    MA: 'Maekel',
    SK: 'Northern Red Sea',
  },
  // Ethiopia
  ET: {
    AA: 'Addis Ababa',
    AM: 'Amhara',
    BE: 'Benishangul-Gumuz',
    GA: 'Gambela',
    HA: 'Harari',
    OR: 'Oromia',
    SN: 'Southern Nations, Nationalities, and Peoples',
    SO: 'Somali',
    SW: 'Southwest Ethiopia Peoples',
  },
  // Gabon
  GA: {
    4: 'Ngounié|Ngouni',
  },
  // Gambia
  GM: {
    W: 'West Coast',
  },
  // Equatorial Guinea
  GQ: {
    C: 'Río Muni',
    I: 'Insular',
  },
  // Kenya
  KE: {
    '05': 'Elgeyo-Marakwet|Elegeyo-Marakwet',
    30: 'Nairobi|Nairobi Area|Nairobi County',
  },
  // Lesotho
  LS: {
    B: 'Butha-Buthe',
  },
  // Libya
  LY: {
    BA: 'Benghazi',
    BU: 'Butnan',
    DR: 'Derna',
    JA: 'Jabal al Akhdar',
    JG: 'Jabal al Gharbi',
    JI: 'Jafara',
    JU: 'Jufra',
    KF: 'Kufra',
    MB: 'Murqub',
    MI: 'Misrata',
    MJ: 'Marj',
    NQ: 'Nuqat al Khams',
    SR: 'Sirte',
    TB: 'Tripoli',
    WD: 'Wadi al Hayaa',
    WS: 'Wadi al Shatii',
    ZA: 'Zawiya',
  },
  // Morocco
  MA: {
    '02': 'Oriental',
    '03': 'Fez-Meknes',
    '07': 'Marrakesh-Safi',
    10: 'Guelmim-Oued Noun',
    11: 'Laayoune-Sakia El Hamra',
    12: 'Dakhla-Oued Ed-Dahab',
  },
  // Madagascar
  MG: {
    A: 'Toamasina|Atsinanana|Analanjirofo|Alaotra-Mangoro',
    D: 'Antsiranana|Diana|Sava',
    F: "Fianarantsoa|Vatovavy|Vatovavy-Fitovinany|Upper Matsiatra|Amoron'i Mania|Atsimo-Atsinanana|Ihorombe",
    M: 'Mahajanga|Betsiboka|Boeny|Melaky|Sofia',
    T: 'Antananarivo|Analamanga|Vakinankaratra|Itasy|Bongolava',
    U: 'Toliara|Anosy|Atsimo-Andrefana|Androy|Menabe',
  },
  // Mauritania
  MR: {
    '01': 'Hodh ech Chargui|Hodh Ech Chargi',
    13: 'Nouakchott-West|Nouakchott Ouest',
    14: 'Nouakchott-North|Nouakchott Nord',
    15: 'Nouakchott-South|Nouakchott Sud',
  },
  // Mauritius
  MU: {
    AG: 'Agaléga',
    BL: 'Black River|Rivière Noire',
    CC: 'Cargados Carajos',
    PL: 'Port Louis|Port Louis District',
    RO: 'Rodrigues',
  },
  // Malawi
  MW: {
    C: 'Central',
    N: 'Northern',
    S: 'Southern',
  },
  // Mozambique
  MZ: {
    L: 'Maputo Province',
    MPM: 'Maputo City',
  },
  // Nigeria
  NG: {
    FC: 'Federal Capital Territory|FCT',
  },
  // Rwanda
  RW: {
    '01': 'Kigali',
  },
  // Seychelles
  SC: {
    16: 'La Rivière Anglaise',
  },
  // Sudan
  SD: {
    DC: 'Central Darfur',
    DE: 'East Darfur',
    DN: 'North Darfur',
    DS: 'South Darfur',
    DW: 'West Darfur',
    GK: 'West Kurdufan',
    KH: 'Khartoum',
    KN: 'North Kordofan|North Kurdufan',
    KS: 'South Kurdufan',
    NB: 'Blue Nile',
    NO: 'Northern',
    NR: 'River Nile',
    NW: 'White Nile',
    RS: 'Red Sea',
    SI: 'Sennar',
  },
  // Saint Helena, Ascension and Tristan da Cunha
  SH: {
    AC: 'Ascension Island',
    HL: 'Saint Helena|St. Helena',
  },
  // Sierra Leone
  SL: {
    W: 'Western Area',
  },
  // Somalia
  SO: {
    HI: 'Hiran',
    JD: 'Middle Juba',
    JH: 'Lower Juba',
    NU: 'Nugal',
    SD: 'Middle Shebelle',
    SH: 'Lower Shabelle|Lower Shabeelle',
  },
  // Chad
  TD: {
    BA: 'Batha',
    BG: 'Bahr el Gazel',
    BO: 'Borkou',
    CB: 'Chari-Baguirmi',
    EE: 'Ennedi-Est',
    EO: 'Ennedi-Ouest',
    GR: 'Guéra',
    HL: 'Hadjer-Lamis',
    KA: 'Kanem',
    LC: 'Lac',
    LO: 'Logone Occidental',
    LR: 'Logone Oriental',
    MA: 'Mandoul',
    MC: 'Moyen-Chari',
    ME: 'Mayo-Kebbi Est',
    MO: 'Mayo-Kebbi Ouest',
    ND: 'N’Djamena',
    OD: 'Ouaddaï|Ouadai',
    TA: 'Tandjilé',
    TI: 'Tibesti',
  },
  // Togo
  TG: {
    M: 'Maritime',
  },
  // Tunisia
  TN: {
    12: 'Ariana',
    14: 'Manouba',
    33: 'Kef',
  },
  // Tanzania, United Republic of
  TZ: {
    '06': 'Pemba North|North Pemba',
    '07': 'Zanzibar North',
    10: 'Pemba South|South Pemba',
    11: 'Zanzibar Central/South',
    15: 'Zanzibar Urban/West',
  },
  // South Africa
  ZA: {
    FS: 'Free State|Orange Free State',
  },
};
