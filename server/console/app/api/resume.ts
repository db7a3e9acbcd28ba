/** Resolves when the person has signed in again; rejects where they would not. */
type SignInAgain = () => Promise<void>;

let signInAgain: SignInAgain | undefined;
let asked: Promise<void> | undefined;

/** Tells what to do when the session ends; undefined while nobody is signed in. */
export function onSessionEnd(handler: SignInAgain | undefined): void {
  signInAgain = handler;
}

/**
 * `fetch`. Where the session has ended in between, the person is asked to sign in again, once for all requests that
 * wait, and the request is sent again: a form that is being filled in stays as it is.
 */
export async function fetchInSession(request: Request): Promise<Response> {
  const again = request.clone();
  const response = await fetch(request);
  if (response.status !== 401 || signInAgain === undefined) return response;
  asked ??= signInAgain().finally(() => {
    asked = undefined;
  });
  const signedIn = await asked.then(
    () => true,
    () => false,
  );
  return signedIn ? fetchInSession(again) : response;
}
