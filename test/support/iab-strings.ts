import { GppModel } from '@iabgpp/cmpapi';
import { GVL, TCModel, TCString } from '@iabtcf/core';

const purposes = Object.fromEntries(
  Array.from({ length: 11 }, (_, at) => [
    at + 1,
    { id: at + 1, name: `Purpose ${at + 1}`, description: '', illustrations: [] },
  ]),
);

/** A TCF string with consent to these IAB purposes, made by IAB's own library. */
export function tcfString(consented: readonly number[]): string {
  const list = {
    ...{ gvlSpecificationVersion: 3, vendorListVersion: 100, tcfPolicyVersion: 4 },
    lastUpdated: '2026-01-01T00:00:00Z',
    ...{ purposes, specialPurposes: {}, features: {}, specialFeatures: {}, stacks: {}, dataCategories: {} },
    vendors: {},
  };
  const model = new TCModel(new GVL(list as unknown as ConstructorParameters<typeof GVL>[0]));
  model.cmpId = 10;
  model.cmpVersion = 1;
  model.isServiceSpecific = true;
  model.publisherCountryCode = 'DE';
  model.purposeConsents.set([...consented]);
  return TCString.encode(model);
}

/** A GPP string with the fields of these sections, made by IAB's own library. */
export function gppString(sections: Readonly<Record<string, Readonly<Record<string, unknown>>>>): string {
  const model = new GppModel();
  for (const [section, fields] of Object.entries(sections)) {
    for (const [field, value] of Object.entries(fields)) model.setFieldValue(section, field, value);
  }
  return model.encode();
}
