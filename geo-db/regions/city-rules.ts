/**
 * What a city adds where DB-IP's `state1` alone does not tell the region.
 *
 * Such a name is never matched against names of regions: the city decides, or the region stays unknown. `cities` maps the
 * part of the code after the hyphen to city names, separated by `|`, compared without case, marks, punctuation and DB-IP's
 * quarter in brackets. `otherwise` is the code for every other named city. Only cities that lie in one region for certain
 * are here; they were checked against the coordinates that DB-IP gives with them.
 */
export interface CityRule {
  /** Spellings of `state1` that this rule is for, separated by `|`. */
  readonly regions: string;
  readonly cities: Readonly<Record<string, string>>;
  readonly otherwise?: string;
}

export const CITY_RULES: Readonly<Record<string, readonly CityRule[]>> = {
  // A province and the city inside it that is a region of its own share a name. 'Lima region' holds both, too.
  BG: [{ regions: 'Sofia', cities: { 22: 'Sofia' }, otherwise: '23' }],
  BY: [{ regions: 'Minsk', cities: { HM: 'Minsk' }, otherwise: 'MI' }],
  CI: [{ regions: 'Lacs|Lacs District', cities: { YM: 'Yamoussoukro' }, otherwise: 'LC' }],
  KG: [{ regions: 'Osh|Osh Region', cities: { GO: 'Osh' }, otherwise: 'O' }],
  LA: [{ regions: 'Vientiane', cities: { VT: 'Vientiane' }, otherwise: 'VI' }],
  UA: [{ regions: 'Kyiv|Kiev', cities: { 30: 'Kyiv|Kiev' }, otherwise: '32' }],
  UZ: [{ regions: 'Tashkent|Toshkent', cities: { TK: 'Tashkent|Toshkent|Bektemir', TO: 'Qibray|Salor' } }],
  YE: [{ regions: 'Sanaa', cities: { SA: 'Sanaa' } }],
  MZ: [
    { regions: 'Maputo', cities: { MPM: 'Maputo', L: 'Matola|Boane|Marracuene|Moamba|Manhica|Namaacha' } },
  ],
  MV: [{ regions: 'Kaafu Atoll|Kaafu', cities: { MLE: 'Male|Hulhumale', 26: 'Maafushi|Thulusdhoo' } }],
  PE: [
    {
      regions: 'Lima|Lima region|Lima Department',
      cities: {
        LMA:
          'Lima|Lima Cercado|San Borja|San Francisco De Borja|San Isidro|Surquillo|Jesus Maria|Miraflores|La Molina|Lurin|' +
          'Santiago de Surco|Vitarte|Brena|Comas|Carabayllo|Chaclacayo|Punta Hermosa|Cieneguilla|Lince|Los Olivos|' +
          'La Victoria|Independencia|San Miguel|Villa Poeta Jose Galvez Barrenechea|Santa Anita - Los Ficus|' +
          'Santa Anita|Magdalena del Mar|Pucusana|Chosica|San Juan de Lurigancho|Ancon|' +
          'San Juan de Miraflores|Villa El Salvador|San Bartolo',
        LIM: 'Mala|Imperial|San Vicente de Canete|Chancay|Chilca|Barranca|Huacho|Huaral|Paramonga|Huaura|Vegueta|Supe|Supe Puerto|Nuevo Imperial|Asia|Ricardo Palma',
      },
    },
  ],

  // Three regions were divided in 2022; DB-IP has the new ones, but not for every city. 'Almaty' is the city or the region.
  KZ: [
    {
      regions: 'Almaty',
      cities: { 75: 'Almaty' },
    },
    {
      regions: 'Almaty Region|Almaty Oblysy',
      cities: { 75: 'Almaty', 33: 'Taldykorgan|Zharkent|Usharal' },
      otherwise: '19',
    },
    {
      regions: 'Karaganda',
      cities: { 62: 'Zhezkazgan|Zhezqazghan|Satbayev|Satpayev|Karazhal' },
      otherwise: '35',
    },
    {
      regions: 'East Kazakhstan',
      cities: { 10: 'Semey|Ayagoz|Borodulikha|Urzhar|Aksuat|Kurchatov' },
      otherwise: '63',
    },
  ],

  // 'Taiwan' is all that is neither Kaohsiung nor New Taipei, which DB-IP calls 'Taipei'. Hsinchu and Chiayi are a city and
  // a county each; 'Hsinchu' alone stays unknown.
  TW: [
    {
      regions: 'Taiwan|Taipei|Fukien',
      cities: {
        TPE: 'Taipei|Taipei City|Neihu District|Dazhi|Muzha',
        NWT:
          'Banqiao District|Yingge District|New Taipei City|Shimen District|Xindian District|Shulin District|Danshui|' +
          'Xizhi District|Sanxia District|Shiding District|Sanzhi District|Jiufen|Pinglin District|Tuniugou|Sanzhong|' +
          'Wulai District',
        TAO: 'Taoyuan|Taoyuan District|Neili|Bade District|Daxi|Yangmei District|Longtan District|Zhongli District',
        TXG: 'Taichung|Taichung City|Fengyuan|Wufeng District',
        TNN: 'Tainan|Tainan City|Yongkang District|Xinying District',
        KEE: 'Keelung',
        HSQ: 'Zhudong|Zhubei',
        HSZ: 'Hsinchu City',
        MIA: 'Toufen Township|Miaoli',
        CHA: 'Changhua|Yuanlin|Erlin|Ershui|Tianzhong|Shetou|Tianwei|Beidou|Yongjing|Pitou|Dacun|Huatan',
        NAN: 'Puli|Nantou City|Caotun|Zhongxing New Village|Zhushan|Lugu',
        YUN: 'Douliu|Citong|Xiluo|Beigang|Linnei|Dounan',
        CYI: 'Chiayi City',
        CYQ: 'Taibao|Xingang|Minxiong|Budai|Puzi',
        PIF: 'Pingtung City|Chaozhou|Donggang|Hengchun|Fangshan',
        TTT: 'Taitung|Chishang|Guanshan',
        HUA: 'Hualien City|Xiulin|Fengbin',
        ILA: 'Yilan|Luodong',
        PEN: 'Magong',
        KIN: 'Jincheng|Jinhu',
        LIE: 'Jieshoucun',
      },
    },
  ],

  // Counties merged in 2020 and divided again in 2024; DB-IP still has some of their names.
  NO: [
    {
      regions: 'Viken',
      cities: {
        31: 'Moss|Rygge|Halden|Spydeberg|Rolvsoy|Fredrikstad|Sarpsborg|Askim|Mysen|Rakkestad',
        32:
          'Fornebu|Lysaker|Hovik verk|Sandvika|Gardermoen|Lillestrom|Kjeller|Jessheim|Asker|Vestby|Bjorkelangen|Billingstad|' +
          'Sofiemyr|Rasta|Royken|Ski|As|Drobak|Kolbotn|Lorenskog|Eidsvoll|Kolsas|Vormsund|Rotnes|Skui|Hakadal',
        33: 'Drammen|Kongsberg|Geilo|Krokstadelva|Lampeland|Honefoss|Mjondalen|Hokksund|Gol|Hemsedal|Amot',
      },
    },
    {
      regions: 'Vestfold og Telemark',
      cities: {
        39: 'Horten|Tonsberg|Notteroy|Sandefjord|Borgheim|Larvik|Melsomvik|Holmestrand|Barkaker',
        40: 'Skien|Notodden|Porsgrunn|Dalen|Kviteseid|Rjukan|Siljan|Kragero|Bo|Hoydalsmo',
      },
    },
    {
      regions: 'Troms og Finnmark',
      cities: {
        55: 'Tromso|Harstad|Finnsnes|Tromsdalen|Sorkjosen',
        56: 'Alta|Vadso|Honningsvag|Hammerfest|Kirkenes|Lakselv',
      },
    },
  ],

  // 'Central Serbia' is no region of ISO 3166-2, the districts in it are.
  RS: [
    {
      regions: 'Central Serbia',
      cities: {
        '00':
          'Belgrade|New Belgrade|Zemun|Zvezdara|Vozdovac|Rakovica|Vracar|Cukarica|Savski Venac|Borca|Sremcica|Jajinci|' +
          'Obrenovac|Lazarevac|Surcin|Mladenovac',
        '08': 'Sabac|Loznica',
        '09': 'Valjevo',
        10: 'Smederevo|Velika Plana',
        11: 'Pozarevac',
        12: 'Kragujevac|Arandelovac',
        13: 'Jagodina|Paracin|Cuprija',
        14: 'Bor|Negotin',
        15: 'Zajecar',
        16: 'Uzice',
        17: 'Cacak|Ivanjica|Gornji Milanovac',
        18: 'Kraljevo|Novi Pazar|Vrnjacka Banja|Raska',
        19: 'Krusevac',
        20: 'Nis',
        21: 'Prokuplje',
        22: 'Pirot',
        23: 'Leskovac|Vlasotince',
        24: 'Vranje',
      },
    },
  ],
};
