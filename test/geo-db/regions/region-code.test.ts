import { describe, expect, it } from 'vitest';
import { regionCode } from '../../../geo-db/regions/index.ts';

describe('regionCode', () => {
  it.each([
    ['US', 'Ohio', 'US-OH'],
    ['DE', 'Bavaria', 'DE-BY'],
    ['DE', 'Baden-Wurttemberg', 'DE-BW'],
    ['DE', 'State of Berlin', 'DE-BE'],
    ['CN', 'Beijing', 'CN-BJ'],
    ['CN', 'Inner Mongolia', 'CN-NM'],
    ['JP', 'Hyogo', 'JP-28'],
    ['SE', 'Stockholm', 'SE-AB'],
    ['SE', 'Stockholm County', 'SE-AB'],
    ['CZ', 'Carlsbad Region', 'CZ-41'],
    ['EG', 'Red Sea', 'EG-BA'],
    ['GR', 'Attica', 'GR-I'],
    ['TR', 'Izmir Province', 'TR-35'],
    ['TR', 'Igdir', 'TR-76'],
    ['VN', 'Dak Lak', 'VN-33'],
    ['PL', 'Lodz Voivodeship', 'PL-10'],
    ['IS', 'Northeast', 'IS-6'],
    ['CO', 'Valle del Cauca Department', 'CO-VAC'],
  ])('finds %s %s by its English name', (country, name, code) => {
    expect(regionCode(country, name, undefined)).toBe(code);
  });

  it.each([
    ['IT', 'Lombardy', 'IT-25', 'region, not province'],
    ['FR', 'Ile-de-France', 'FR-IDF', 'region, not department'],
    ['FR', 'Rhone-Alpes', 'FR-ARA', 'region of today'],
    ['ES', 'Madrid', 'ES-MD', 'autonomous community, not the province ES-M'],
    ['ES', 'Valencia', 'ES-VC', 'autonomous community, not the province ES-V'],
    ['ES', 'Asturias', 'ES-AS', 'autonomous community, not the province ES-O'],
    ['GB', 'England', 'GB-ENG', 'nation'],
    ['BE', 'Flanders', 'BE-VLG', 'region, not province'],
    ['BE', 'Brussels Capital', 'BE-BRU', 'region'],
    ['IE', 'Leinster', 'IE-L', 'province, not county'],
    ['DK', 'Capital Region', 'DK-84', 'region, not municipality'],
    ['HU', 'Veszprem', 'HU-VE', 'county, not the city HU-VM'],
    ['HU', 'Gyor-Moson-Sopron', 'HU-GS', 'county, not the city HU-GY'],
    ['EE', 'Tartu', 'EE-79', 'county, not municipality'],
    ['ID', 'Papua', 'ID-PA', 'province, not the group of islands ID-PP'],
    ['DO', 'Santo Domingo Province', 'DO-32', 'province, not region'],
    ['IQ', 'Erbil', 'IQ-AR', 'governorate, not all of Kurdistan'],
    ['MG', 'Analamanga', 'MG-T', 'the former province around it'],
  ])('takes %s %s to %s: %s', (country, name, code) => {
    expect(regionCode(country, name, undefined)).toBe(code);
  });

  it.each([
    ['RU', 'Moscow', 'Moscow', 'RU-MOW'],
    ['RU', 'Moscow Oblast', 'Khimki', 'RU-MOS'],
    ['RU', 'Moscow Governorate', 'Khimki', undefined],
    ['RU', 'St.-Petersburg', undefined, 'RU-SPE'],
    ['RU', 'Sankt-Peterburg', undefined, 'RU-SPE'],
    ['RU', "Leningradskaya Oblast'", 'Vyborg', 'RU-LEN'],
    ['RU', 'Altai', 'Gorno-Altaysk', 'RU-AL'],
    ['RU', 'Altay Kray', 'Barnaul', 'RU-ALT'],
    ['AR', 'Buenos Aires F.D.', 'Buenos Aires (Palermo)', 'AR-C'],
    ['AR', 'Buenos Aires', 'La Plata', 'AR-B'],
    ['AR', 'Buenos Aires Province', undefined, 'AR-B'],
    ['MX', 'Mexico', 'Toluca', 'MX-MEX'],
    ['MX', 'Mexico City', undefined, 'MX-CMX'],
    ['UA', 'Kyiv City', 'Kyiv', 'UA-30'],
    ['UA', 'Kyiv', 'Bila Tserkva', 'UA-32'],
    ['UA', 'Kyiv', 'Kyiv (Desnyans’kyi District)', 'UA-30'],
    ['UA', 'Kyiv', undefined, undefined],
    ['BY', 'Minsk City', 'Minsk', 'BY-HM'],
    ['BY', 'Minsk', 'Borisov', 'BY-MI'],
    ['BY', 'Minsk', undefined, undefined],
    ['BG', 'Sofia-grad', 'Sofia', 'BG-22'],
    ['BG', 'Sofia', 'Samokov', 'BG-23'],
    ['HR', 'Zagreb', 'Sesvete', 'HR-21'],
    ['HR', 'Zagreb County', 'Samobor', 'HR-01'],
    ['KR', 'Seoul', 'Seoul', 'KR-11'],
    ['KR', 'Gyeonggi-do', 'Suwon', 'KR-41'],
    ['CZ', 'Hlavni mesto Praha', 'Prague', 'CZ-10'],
    ['CZ', 'Central Bohemia', 'Kladno', 'CZ-20'],
    ['AT', 'State of Vienna', 'Vienna', 'AT-9'],
    ['AT', 'Lower Austria', undefined, 'AT-3'],
    ['HU', 'Budapest', 'Budapest', 'HU-BU'],
    ['HU', 'Pest County', 'Budaors', 'HU-PE'],
    ['AZ', 'Baki', 'Baku', 'AZ-BA'],
    ['AZ', 'Shaki', 'Seki', undefined],
    ['KZ', 'Almaty', 'Almaty', 'KZ-75'],
    ['KZ', 'Almaty', 'Talghar', undefined],
    ['KZ', 'Almaty Region', 'Konayev', 'KZ-19'],
    ['LV', 'Jelgava', 'Jelgava', 'LV-JEL'],
    ['LV', 'Jelgava Municipality', 'Ozolnieki', 'LV-041'],
    ['LV', 'Riga', 'Riga', 'LV-RIX'],
    ['KG', 'Osh Region', 'Osh', 'KG-GO'],
    ['KG', 'Osh Region', 'Uzgen', 'KG-O'],
    ['UZ', 'Tashkent', 'Tashkent', 'UZ-TK'],
    ['UZ', 'Tashkent Region', 'Angren', 'UZ-TO'],
    ['MZ', 'Maputo City', 'Maputo', 'MZ-MPM'],
    ['MZ', 'Maputo Province', 'Matola', 'MZ-L'],
    ['LA', 'Vientiane Prefecture', 'Vientiane', 'LA-VT'],
    ['LA', 'Vientiane', 'Vang Vieng', 'LA-VI'],
    ['CD', 'Kinshasa', undefined, 'CD-KN'],
    ['CG', 'Brazzaville', undefined, 'CG-BZV'],
    ['JP', 'Niigata', undefined, 'JP-15'],
    ['CN', 'Shanxi', undefined, 'CN-SX'],
    ['CN', 'Shaanxi', undefined, 'CN-SN'],
    ['ID', 'West Papua', undefined, 'ID-PB'],
    ['ID', 'Southwest Papua', undefined, 'ID-PD'],
    ['PE', 'Lima region', 'Miraflores', 'PE-LMA'],
    ['PE', 'Lima region', 'Huacho', 'PE-LIM'],
    ['PE', 'Lima region', 'Santa Maria', undefined],
  ])('tells apart regions of one name: %s %s, %s', (country, name, city, code) => {
    expect(regionCode(country, name, city)).toBe(code);
  });

  it.each([
    ['Taiwan', 'Taipei', 'TW-TPE'],
    ['Taiwan', 'Taipei City (Xinyi)', 'TW-TPE'],
    ['Taiwan', 'Taichung', 'TW-TXG'],
    ['Taipei', 'Banqiao District', 'TW-NWT'],
    ['Taipei', 'New Taipei City', 'TW-NWT'],
    ['Kaohsiung', 'Fongshan District', 'TW-KHH'],
    ['Taiwan', 'Hsinchu City', 'TW-HSZ'],
    ['Taiwan', 'Zhubei', 'TW-HSQ'],
    ['Taiwan', 'Hsinchu', undefined],
    ['Taiwan', 'Chiayi City', 'TW-CYI'],
    ['Taiwan', 'Taibao', 'TW-CYQ'],
    ['Taiwan', 'Chiayi', undefined],
    ['Taiwan', undefined, undefined],
    ['Taipei', undefined, undefined],
    ['Hsinchu', undefined, undefined],
    ['Fukien', 'Jincheng', 'TW-KIN'],
  ])('decides Taiwan by the city: %s, %s', (name, city, code) => {
    expect(regionCode('TW', name, city)).toBe(code);
  });

  it.each([
    ['Viken', 'Fornebu', 'NO-32'],
    ['Viken', 'Drammen', 'NO-33'],
    ['Viken', 'Moss', 'NO-31'],
    ['Viken', undefined, undefined],
    ['Vestfold og Telemark', 'Skien', 'NO-40'],
    ['Troms og Finnmark', 'Alta', 'NO-56'],
    ['Akershus', undefined, 'NO-32'],
    ['Hordaland', 'Bergen', 'NO-46'],
  ])('gives the Norwegian county of today for %s, %s', (name, city, code) => {
    expect(regionCode('NO', name, city)).toBe(code);
  });

  it('leaves Hong Kong, Macao, Singapore and Puerto Rico unknown', () => {
    expect(regionCode('HK', 'Kowloon', 'Hong Kong')).toBeUndefined();
    expect(regionCode('HK', 'Hong Kong', 'Hong Kong')).toBeUndefined();
    expect(regionCode('MO', 'Guangdong', 'Macao')).toBeUndefined();
    expect(regionCode('SG', undefined, 'Singapore')).toBeUndefined();
    expect(regionCode('PR', 'San Juan', 'San Juan')).toBeUndefined();
  });

  it('never answers with a code of another country', () => {
    expect(regionCode('RU', 'Crimea', 'Simferopol')).toBeUndefined();
    expect(regionCode('UA', 'Crimea', 'Simferopol')).toBe('UA-43');
    expect(regionCode('CN', 'Taiwan', 'Taipei')).toBeUndefined();
    expect(regionCode('CN', 'Hong Kong', undefined)).toBeUndefined();
  });

  it('leaves missing, empty and unheard-of names and countries unknown', () => {
    expect(regionCode('DE', undefined, 'Munich')).toBeUndefined();
    expect(regionCode('DE', '', 'Munich')).toBeUndefined();
    expect(regionCode('DE', 'Atlantis', undefined)).toBeUndefined();
    expect(regionCode('DE', 'City of', undefined)).toBeUndefined();
    expect(regionCode('DE', '東京', undefined)).toBeUndefined();
    expect(regionCode('ZZ', 'Bavaria', undefined)).toBeUndefined();
    expect(regionCode('constructor', 'Bavaria', undefined)).toBeUndefined();
    expect(regionCode('__proto__', 'toString', undefined)).toBeUndefined();
    expect(regionCode('DE', '__proto__', undefined)).toBeUndefined();
  });
});
