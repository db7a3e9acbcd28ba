import { forgetMemberData, type MemberForgetting } from '../server/index.ts';
import type { Job } from './job.ts';

export function membersJob(parts: MemberForgetting): Job {
  return {
    name: 'members',
    description:
      'Removes sessions, sign-ins, proofs, links and registrations of members whose days are over.',
    schedule: '0 */10 * * * *',
    run: ({ now }) => forgetMemberData(parts, now()),
  };
}
