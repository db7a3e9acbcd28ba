/**
 * Countries (ISO 3166-1, and XK for Kosovo) by continent, with GeoIP2's continent codes: the assignment is that of
 * GeoNames, from which GeoIP2 has it (https://download.geonames.org/export/dump/countryInfo.txt).
 */
const countriesByContinent = {
  AF:
    'AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG EH ER ET GA GH GM GN GQ GW KE KM LR LS LY MA MG ML MR MU MW MZ NA NE ' +
    'NG RE RW SC SD SH SL SN SO SS ST SZ TD TG TN TZ UG YT ZA ZM ZW',
  AN: 'AQ BV GS HM TF',
  AS:
    'AE AF AM AZ BD BH BN BT CC CN CX GE HK ID IL IN IO IQ IR JO JP KG KH KP KR KW KZ LA LB LK MM MN MO MV MY NP OM ' +
    'PH PK PS QA SA SG SY TH TJ TM TR TW UZ VN YE',
  EU:
    'AD AL AT AX BA BE BG BY CH CY CZ DE DK EE ES FI FO FR GB GG GI GR HR HU IE IM IS IT JE LI LT LU LV MC MD ME MK ' +
    'MT NL NO PL PT RO RS RU SE SI SJ SK SM UA VA XK',
  NA:
    'AG AI AW BB BL BM BQ BS BZ CA CR CU CW DM DO GD GL GP GT HN HT JM KN KY LC MF MQ MS MX NI PA PM PR SV SX TC TT ' +
    'US VC VG VI',
  OC: 'AS AU CK FJ FM GU KI MH MP NC NF NR NU NZ PF PG PN PW SB TK TL TO TV UM VU WF WS',
  SA: 'AR BO BR CL CO EC FK GF GY PE PY SR UY VE',
} as const;

const continents: ReadonlyMap<string, string> = new Map(
  Object.entries(countriesByContinent).flatMap(([continent, countries]) =>
    countries.split(' ').map((country) => [country, continent] as const),
  ),
);

/**
 * The 27 member states since 2020, and the territories with a country code of their own that belong to the Union:
 * Åland (TFEU article 355 (4)) and the outermost regions (articles 349 and 355 (1)).
 */
const euCountries: ReadonlySet<string> = new Set(
  (
    'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK ' +
    'AX GF GP MF MQ RE YT'
  ).split(' '),
);

/** Continent code of a country; undefined where the code is not one of ISO 3166-1. */
export function continentOf(country: string): string | undefined {
  return continents.get(country);
}

/** Whether the law of the European Union holds in the country; undefined where it is not one of ISO 3166-1. */
export function isInEu(country: string): boolean | undefined {
  return continents.has(country) ? euCountries.has(country) : undefined;
}
