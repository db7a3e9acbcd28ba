/** The policy lets in no styles but the server's own and those with the answer's nonce. */
export const styleNonce = () =>
  document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? '';
