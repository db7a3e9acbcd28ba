/**
 * Country → former codes and their one successor, as `old>new`, without the country.
 *
 * Only where the former region, but for single municipalities that changed sides, lies in one region of today. Sources: the
 * change history of each country on the ISO Online Browsing Platform, and `subdivisionAlias` of Unicode CLDR 48.2.
 */
export const RETIRED_CODES: Readonly<Record<string, string>> = {
  // GB/T 2260 numbers until 2017.
  CN:
    '11>BJ 12>TJ 13>HE 14>SX 15>NM 21>LN 22>JL 23>HL 31>SH 32>JS 33>ZJ 34>AH 35>FJ 36>JX 37>SD 41>HA 42>HB 43>HN ' +
    '44>GD 45>GX 46>HI 50>CQ 51>SC 52>GZ 53>YN 54>XZ 61>SN 62>GS 63>QH 64>NX 65>XJ',
  // Letters until 2016.
  CZ: 'JC>31 JM>64 KA>41 KR>52 LI>51 MO>80 OL>71 PA>53 PL>32 PR>10 ST>20 US>42 VY>63 ZL>72',
  // Counties of before 2017.
  EE: '44>45 49>50 51>52 57>56 59>60 65>64 67>68 70>71 78>79 82>81 86>87',
  // The 22 regions of before 2016, each wholly in one of today's.
  FR:
    'A>GES B>NAQ C>ARA D>BFC E>BRE F>CVL G>GES H>20R COR>20R I>BFC J>IDF K>OCC L>NAQ M>GES N>OCC O>HDF P>NOR Q>NOR ' +
    'R>PDL S>HDF T>NAQ U>PAC V>ARA',
  // Letters until 2021.
  GT:
    'AV>16 BV>15 CM>04 CQ>20 ES>05 GU>01 HU>13 IZ>18 JA>21 JU>22 PE>17 PR>02 QC>14 QZ>09 RE>11 SA>03 SM>12 SO>07 ' +
    'SR>06 SU>10 TO>08 ZA>19',
  // Codes changed in 2023; the two territories were joined in 2020.
  IN: 'CT>CG OR>OD TG>TS UT>UK UL>UK DN>DH DD>DH',
  // Numbers of before 2020 that were not given out again.
  IR: '31>28 32>30',
  // Nairobi; the other provinces were divided into counties.
  KE: '110>30',
  // Letters until 2022; Almaty, Karagandy, East and South Kazakhstan were divided.
  KZ: 'AKM>11 AKT>15 ALA>75 AST>71 ATY>23 KUS>39 KZY>43 MAN>47 PAV>55 SEV>59 SHY>79 ZAP>27 ZHA>31',
  LA: 'XN>XS',
  // The 119 units of before 2021; those that were divided are left out.
  LV:
    '020>011 038>002 046>002 065>002 072>002 092>002 025>111 036>111 014>015 082>015 108>015 034>016 083>016 ' +
    '105>016 008>022 039>022 055>022 070>022 075>022 104>022 010>026 098>026 003>112 028>112 032>112 066>112 ' +
    '071>112 074>112 081>112 100>112 069>041 JKB>042 004>042 049>042 085>042 107>042 024>047 006>050 093>050 ' +
    '013>052 005>054 086>054 023>058 044>058 110>058 021>059 030>059 057>059 012>062 035>067 051>067 053>067 ' +
    '078>073 103>073 109>077 095>080 018>088 090>089 037>091 048>091 061>091 076>094 027>097 063>097 079>097 ' +
    '029>099 040>099 043>099 VMR>113 017>113 019>113 045>113 060>113 064>113 084>113 096>113',
  // Skopje's municipalities, two digits until 2020.
  MK: '01>801 09>803 17>804 29>805 38>808 39>809 68>811 77>814 79>815 84>817',
  // Distrito Federal until 2016.
  MX: 'DIF>CMX',
  // Counties of before 2018 and 2020; Viken and the two others of 2020 were divided.
  NO: '01>31 02>32 04>34 05>34 06>33 07>39 08>40 09>42 10>42 12>46 14>46 16>50 17>50 19>55 20>56 23>50',
  // Renamed in 2010.
  PK: 'NW>KP',
  // Letters until 2018.
  PL: 'DS>02 KP>04 LU>06 LB>08 LD>10 MA>12 MZ>14 OP>16 PK>18 PD>20 PM>22 SL>24 SK>26 WN>28 WP>30 ZP>32',
  // Districts joined to a region between 2005 and 2008.
  RU: 'AGB>ZAB CHI>ZAB EVE>KYA TAY>KYA KOP>PER KOR>KAM UOB>IRK',
  TT: 'ETO>TOB WTO>TOB RCM>MRC',
  // Counties that became special municipalities in 2010.
  TW: 'KHQ>KHH TNQ>TNN TPQ>NWT TXQ>TXG',
  // Ha Tay, part of Hanoi since 2008.
  VN: '15>HN',
  ZA: 'GT>GP NL>KZN NP>LP',
};

let successors: Map<string, string> | undefined;

/** Today's code for a whole code that ISO has withdrawn, or undefined where there is not exactly one. */
export function successorOf(code: string): string | undefined {
  if (successors === undefined) {
    successors = new Map();
    for (const [country, pairs] of Object.entries(RETIRED_CODES)) {
      for (const pair of pairs.split(' ')) {
        const [former, current] = pair.split('>');
        successors.set(`${country}-${former}`, `${country}-${current}`);
      }
    }
  }
  return successors.get(code);
}
