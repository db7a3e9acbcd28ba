import { answerOf, api } from '../../api/client.ts';
import { ApiError } from '../../api/problem.ts';

/** A link to set a password, to be passed on; undefined: it is mailed. */
export type Invited = { readonly url: string } | undefined;

export const makeLink = (id: number): Promise<Exclude<Invited, undefined>> =>
  answerOf(api.POST('/users/{id}/password-links', { params: { path: { id } } }));

/** Has a link mailed to somebody; makes one to be passed on where no mail can be sent. @throws ApiError */
export async function invite(id: number): Promise<Invited> {
  try {
    await answerOf(api.POST('/users/{id}/invitations', { params: { path: { id } } }));
    return undefined;
  } catch (error) {
    if (error instanceof ApiError && error.code === 'conflict') return makeLink(id);
    throw error;
  }
}
