/** A place one can appear to come from, in the demo only. */
export interface Place {
  /** As in `/demo/from/<id>/`. */
  readonly id: string;
  readonly city: string;
  readonly area: string;
  /** A public address of a network that has been there for decades; null is the visitor's own address. */
  readonly address: string | null;
}

/** Where one comes from before one has chosen. */
export const firstPlace: Place = { id: 'taipei', city: 'Taipei', area: 'Taiwan', address: '168.95.1.1' }; // HiNet

/** Chosen so that DB-IP City Lite has country and region right; a test holds the two together. */
export const places: readonly Place[] = [
  firstPlace,
  { id: 'munich', city: 'Munich', area: 'Bavaria', address: '138.244.1.1' }, // Hochschule München
  { id: 'los-angeles', city: 'Los Angeles', area: 'California', address: '128.97.27.37' }, // UCLA
  { id: 'london', city: 'London', area: 'England', address: '155.198.1.1' }, // Imperial College
  { id: 'sao-paulo', city: 'São Paulo', area: 'Brazil', address: '143.107.1.1' }, // USP
  { id: 'tokyo', city: 'Tokyo', area: 'Japan', address: '133.11.93.0' }, // University of Tokyo
  { id: 'sydney', city: 'Sydney', area: 'New South Wales', address: '129.94.242.1' }, // UNSW
  { id: 'nairobi', city: 'Nairobi', area: 'Kenya', address: '41.204.160.1' }, // University of Nairobi
  { id: 'own', city: 'Your own', area: 'address', address: null },
];

export function placeOf(id: unknown): Place | undefined {
  return places.find((place) => place.id === id);
}
