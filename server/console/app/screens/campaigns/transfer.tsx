/** Not there yet. */
export function Transfer() {
  return null;
}
